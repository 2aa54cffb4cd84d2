/** What decides which way a line of a transaction moves stock: Smaregi's division codes, '' where it gives none. */
export interface LineDivisions {
  headDivision: string;
  lineDivision: string;
  productDivision: string;
  cancelDivision: string;
  disposeDivision: string;
  returnSales: string;
  /** The layaway that a sale picks up; undefined when the file has no such column. */
  picksUp: string | undefined;
}

/** Why a line moves no stock. */
export type NoEffectReason =
  | 'no-product-code'
  | 'no-goods'
  | 'department-sale'
  | 'bundle-or-discount'
  | 'ticket'
  | 'layaway'
  | 'layaway-pick-up'
  | 'cancelled-reversal'
  | 'unknown-division';

/** `quantity` is signed: a sale lowers stock. A reversal's is what counts while its original is unknown. */
export type LineEffect =
  | { is: 'none'; reason: NoEffectReason }
  | { is: 'moved'; kind: 'sale' | 'return' | 'reservation'; quantity: number; cancelled: boolean }
  | { is: 'reversal'; quantity: number };

/** One change of stock, as the ledger takes it. Moments in epoch milliseconds. */
export interface StockStep {
  kind: string;
  quantity: number;
  occurredAt: number;
  recordedAt: number;
}

export interface LineMoments {
  /** At the till. */
  soldAt: number;
  /** At Smaregi's server. */
  receivedAt: number;
  cancelledAt: number;
  /** When this version was written. */
  versionAt: number;
}

/** Deposits, points, tips, receipts: 2 to 9, 11, 13 to 16. 1 is a sale, 10 a layaway. */
const headsWithoutGoods = new Set(['2', '3', '4', '5', '6', '7', '8', '9', '11', '13', '14', '15', '16']);

/** Parents of a bundle or set (their children move) and its discount. */
const bundleParts = new Set(['4', '5', '6', '8']);
/** Goods, options, and the children of bundles, plans and courses. */
const goods = new Set(['', '0', '2', '7', 'A', 'B']);

/**
 * What one line does to stock. Only divisions decide; the sign of its quantity and amounts says nothing, for it
 * differs between tills and the API.
 */
export function effectOf(line: LineDivisions, quantity: number): LineEffect {
  const without = noEffectOf(line);
  if (without) return { is: 'none', reason: without };

  const isReturn = line.lineDivision === '2' || line.returnSales === '1';
  const signed = (isReturn ? 1 : -1) * Math.abs(quantity) + 0;
  const cancelled = line.cancelDivision === '1';

  if (line.disposeDivision === '2') {
    return cancelled
      ? { is: 'none', reason: 'cancelled-reversal' }
      : { is: 'reversal', quantity: 0 - signed };
  }
  if (line.headDivision === '10') return { is: 'moved', kind: 'reservation', quantity: signed, cancelled };
  return { is: 'moved', kind: isReturn ? 'return' : 'sale', quantity: signed, cancelled };
}

function noEffectOf(line: LineDivisions): NoEffectReason | undefined {
  const { headDivision: head, lineDivision, productDivision: product, picksUp } = line;
  if (headsWithoutGoods.has(head)) return 'no-goods';
  if (head !== '' && head !== '1' && head !== '10') return 'unknown-division';

  if (lineDivision === '3' || product === '3') return 'department-sale';
  if (lineDivision !== '' && lineDivision !== '1' && lineDivision !== '2') return 'unknown-division';

  if (bundleParts.has(product)) return 'bundle-or-discount';
  if (product === '1') return 'ticket';

  // Either the layaway counts or its pick-up: the layaway where a pick-up can be told from a sale.
  if (head === '10' && picksUp === undefined) return 'layaway';
  if (head !== '10' && picksUp) return 'layaway-pick-up';
  return undefined;
}

/**
 * The divisions with a code that is not known here, as `name=code`. A head or line of unknown division moves nothing,
 * for nobody knows which way; an unknown kind of product in a sale is taken for goods, because stock that is too low
 * online does less harm until the next reset than stock that is too high.
 */
export function unknownDivisions(line: LineDivisions): string[] {
  const { headDivision: head, lineDivision, productDivision: product } = line;
  const unknown: string[] = [];
  if (head !== '' && head !== '1' && head !== '10' && !headsWithoutGoods.has(head)) {
    unknown.push(`transactionHeadDivision=${head}`);
  }
  if (!['', '1', '2', '3'].includes(lineDivision)) unknown.push(`transactionDetailDivision=${lineDivision}`);
  if (!goods.has(product) && !bundleParts.has(product) && product !== '1' && product !== '3') {
    unknown.push(`productDivision=${product}`);
  }
  if (!['', '0', '1'].includes(line.cancelDivision)) unknown.push(`cancelDivision=${line.cancelDivision}`);
  if (!['', '0', '1', '2'].includes(line.disposeDivision)) {
    unknown.push(`disposeDivision=${line.disposeDivision}`);
  }
  if (!['', '0', '1'].includes(line.returnSales)) unknown.push(`returnSales=${line.returnSales}`);
  return unknown;
}

/**
 * The changes of stock that an effect stands for, each with its own time. A sale first seen cancelled is two: a
 * snapshot may lie between them.
 */
export function stepsOf(effect: LineEffect, moments: LineMoments): StockStep[] {
  if (effect.is === 'none') return [];
  const first = {
    kind: effect.is === 'reversal' ? 'reversal' : effect.kind,
    quantity: effect.quantity,
    occurredAt: moments.soldAt,
    recordedAt: moments.receivedAt,
  };
  if (effect.is === 'reversal' || !effect.cancelled) return [first];
  const { cancelledAt } = moments;
  const undone = {
    kind: 'cancel',
    quantity: 0 - effect.quantity,
    occurredAt: cancelledAt,
    recordedAt: cancelledAt,
  };
  return [first, undone];
}

/** What made a known line different, and when. */
export function changeOf(effect: LineEffect, moments: LineMoments): { kind: string; at: number } {
  const cancelled = effect.is === 'moved' ? effect.cancelled : isCancelledReversal(effect);
  if (cancelled) return { kind: 'cancel', at: moments.cancelledAt };
  return { kind: effect.is === 'reversal' ? 'reversal' : 'edit', at: moments.versionAt };
}

function isCancelledReversal(effect: LineEffect): boolean {
  return effect.is === 'none' && effect.reason === 'cancelled-reversal';
}
