/**
 * The reason under which the OMS records a movement of a kind, where the retailer's configuration (`oms.reasons`,
 * `smaregi.reasons`) does not say otherwise. All of them exist in every OMS; only POS_SALE and VAR_MANUAL reach Shopify
 * within minutes.
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
  shipment: 'VAR_INTEGR',
  api: 'VAR_INTEGR',
  online: 'VAR_INTEGR',
  loss: 'VAR_LOST',
  damage: 'VAR_DAMAGED',
  promotion: 'VAR_SAMPLE',
  found: 'VAR_FOUND',
  stocktaking: 'VAR_MANUAL',
  'stocktaking-found': 'VAR_FOUND',
  correction: 'VAR_MANUAL',
};

/** Of a kind such as `transfer-in`, or else of its family, `transfer`. */
export function varianceReason(kind: string, configured: Readonly<Record<string, string>>): string {
  const family = kind.split('-', 1)[0] ?? kind;
  return configured[kind] ?? configured[family] ?? defaults[kind] ?? defaults[family] ?? 'VAR_MANUAL';
}
