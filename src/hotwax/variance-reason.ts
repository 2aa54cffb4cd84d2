/**
 * The reason under which the OMS records a movement of a kind, where the retailer's configuration (`oms.reasons`) does
 * not say otherwise. All of them exist in every OMS; only POS_SALE and VAR_MANUAL reach Shopify within minutes.
 */
const defaults: Record<string, string> = {
  sale: 'POS_SALE',
  return: 'POS_SALE',
  cancel: 'POS_SALE',
  reversal: 'POS_SALE',
  edit: 'POS_SALE',
  reservation: 'VAR_MANUAL',
  transfer: 'VAR_INTEGR',
  receipt: 'VAR_INTEGR',
  loss: 'VAR_LOST',
  damage: 'VAR_DAMAGED',
  found: 'VAR_FOUND',
  stocktaking: 'VAR_MANUAL',
  correction: 'VAR_MANUAL',
};

export function varianceReason(kind: string, configured: Readonly<Record<string, string>>): string {
  return configured[kind] ?? defaults[kind] ?? 'VAR_MANUAL';
}
