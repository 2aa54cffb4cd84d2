/** The ledger's name for what comes from transactions, whichever file brings them. */
export const transactionSource = 'transactions';
