/** Long enough for an OMS's error text, short enough for a table of thousands. */
const maxNoteLength = 500;

/**
 * `text` fit to be kept and shown: one line, without any of `secrets` nor anything that looks like a credential,
 * cut to 500 characters. Masking comes first, so that no half of a secret survives the cut.
 */
export function keepable(text: string, secrets: readonly string[]): string {
  const line = withoutSecrets(text, secrets).replaceAll(/\s+/g, ' ').trim();
  return line.length > maxNoteLength ? `${line.slice(0, maxNoteLength)}…` : line;
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const secret of secrets) {
    if (secret === '') continue;
    // As it is, and as JSON and URLs would spell it.
    for (const spelling of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
      masked = masked.replaceAll(spelling, '[secret]');
    }
  }
  return masked
    .replaceAll(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[secret]')
    .replaceAll(/\bbearer\s+[\w.~+/=-]+/gi, 'Bearer [secret]')
    .replaceAll(/("(?:[\w-]*password|[\w-]*token|secret|authorization)"\s*:\s*)"[^"]*"/gi, '$1"[secret]"');
}
