/** The section `smaregi` of a configuration file, for a server that is never asked unless its addresses are given. */
export const smaregiSettings = {
  baseUrl: 'http://127.0.0.1:1',
  idUrl: 'http://127.0.0.1:1',
  contractId: 'sb_sandbox',
  clientId: 'sandbox-client',
  clientSecret: { env: 'FLAGSHIP_SMAREGI_SECRET' },
};
