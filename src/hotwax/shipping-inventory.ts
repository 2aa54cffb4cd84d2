import { Problem } from '../platform/problem.ts';

/** What the OMS holds of one product, by its facility ids; `reason`: the rule by which it shows none. */
export interface ProductInventory {
  idValue: string;
  facilities: { facilityId: string; quantity: number; reason: string | undefined }[];
}

/** The bulk read of what may be shipped from where. */
export const shippingInventoryPath = '/rest/s1/ofbiz-oms-usl/checkShippingInventory';

/** One product's codes are its internal names in the OMS; without facilities in the question, all are answered. */
export function shippingInventoryBody(idValues: readonly string[], productStoreId: string | null): object {
  return { internalNames: idValues, ...(productStoreId !== null && { productStoreId }) };
}

/**
 * What an answer to a question about `idValues` says. An answer names products by the OMS's own ids unless they are the
 * codes; such an answer can only be understood where one product was asked for.
 *
 * @throws Problem `oms-levels-unreadable`
 */
export function inventoryIn(body: string, idValues: readonly string[]): ProductInventory[] {
  const entries = listIn(body);
  const asked = new Set(idValues);
  return entries.map((entry) => {
    const named = [entry.internalName, entry.productIdentValue, entry.productId].map(String);
    const idValue = named.find((name) => asked.has(name)) ?? (asked.size === 1 ? idValues[0] : undefined);
    if (idValue === undefined) throw unreadable(`it names a product ${named.at(-1)} that was not asked for`);
    return { idValue, facilities: facilitiesIn(entry) };
  });
}

function facilitiesIn(entry: Record<string, unknown>): ProductInventory['facilities'] {
  if (!Array.isArray(entry.facilities)) throw unreadable('a product has no list of facilities');
  return entry.facilities.map((facility: Record<string, unknown>) => {
    const quantity = Number(facility.atp ?? Number.NaN);
    if (!Number.isFinite(quantity))
      throw unreadable(`atp of facility ${facility.facilityId} is ${facility.atp}`);
    const reason = facility.decisionReason ?? entry.decisionReason;
    return { facilityId: String(facility.facilityId), quantity, reason: reason ? String(reason) : undefined };
  });
}

function listIn(body: string): Record<string, unknown>[] {
  try {
    const { resultList } = JSON.parse(body) as { resultList?: unknown };
    if (Array.isArray(resultList)) return resultList as Record<string, unknown>[];
  } catch {
    // Said below.
  }
  throw unreadable('there is no resultList in it');
}

function unreadable(what: string): Problem {
  return new Problem(
    'oms-levels-unreadable',
    `The OMS's answer about its inventory is not as expected: ${what}.`,
    'Set reconcile.batchSize to 1, or compare an exported file: "flagship reconcile --levels FILE".',
  );
}
