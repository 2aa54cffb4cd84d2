/** The ledger's name for what comes from Smaregi's stock: its changes, or the difference of its levels. */
export const stockSource = 'stock-changes';
