/** Text, names and comments on the one hand, parameters on the other; `+?` is left as it is. */
const tokens = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\+?(\?\d*|[:@$][A-Za-z_]\w*)/g;

/**
 * SQL whose plan SQLite keeps. In a join or a LIMIT, a bare parameter lets SQLite look at the value bound to it while
 * it plans, and so compile the statement anew at every execution: ten times the cost of running most of ours. Behind a
 * unary plus, which changes neither value nor type, a parameter is never looked at.
 */
export function withKeptPlan(sql: string): string {
  return sql.replace(tokens, (token, parameter?: string) =>
    parameter === undefined ? token : `+${parameter}`,
  );
}
