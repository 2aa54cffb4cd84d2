// Writes one movement after another into a ledger until it is killed; says so after the first.

import { takeInSale, tell } from './closed-sales.ts';
import { openTestLedger } from './ledger.ts';

const ledger = openTestLedger(process.argv[2] ?? '');
for (let n = 1; ; n += 1) {
  tell(ledger, takeInSale(ledger, { transactionId: `live${n}`, productCode: `live${n}` }), 'accepted');
  if (n === 1) process.stdout.write('writing\n');
  await new Promise(setImmediate);
}
