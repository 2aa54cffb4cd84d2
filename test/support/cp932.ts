// The reverse of the runtime's own decoder, which is Microsoft's CP932. Bytes that decode to the same character
// (NEC and IBM duplicates of ①, 髙, ㈱ …) are resolved as Windows does: row 13 first, then the IBM extensions.
let codes: Map<string, number> | undefined;

/** CP932 bytes of `text`, as Smaregi's back office writes them. @throws Error naming a character it lacks */
export function encodeCp932(text: string): Buffer {
  codes ??= reverseOfDecoder();
  const bytes: number[] = [];
  for (const character of text) {
    const code = codes.get(character);
    if (code === undefined) {
      throw new Error(
        `CP932 has no ${JSON.stringify(character)} (U+${character.codePointAt(0)?.toString(16)})`,
      );
    }
    if (code > 0xff) bytes.push(code >> 8);
    bytes.push(code & 0xff);
  }
  return Buffer.from(bytes);
}

function reverseOfDecoder(): Map<string, number> {
  const decoder = new TextDecoder('shift_jis', { fatal: true });
  const map = new Map<string, number>();
  const learn = (code: number) => {
    const bytes = code > 0xff ? [code >> 8, code & 0xff] : [code];
    try {
      const character = decoder.decode(Uint8Array.from(bytes));
      if ([...character].length === 1 && !isPrivateUse(character) && !map.has(character)) {
        map.set(character, code);
      }
    } catch {
      // Not a character of CP932.
    }
  };
  for (let code = 0; code <= 0xff; code += 1) learn(code);
  for (const lead of leadBytes()) {
    for (let trail = 0x40; trail <= 0xfc; trail += 1) learn((lead << 8) | trail);
  }
  return map;
}

/** NEC's copies of the IBM extensions (0xED, 0xEE) come last: Windows never writes them. */
function leadBytes(): number[] {
  const leads: number[] = [];
  for (let lead = 0x81; lead <= 0xfc; lead += 1) {
    if ((lead <= 0x9f || lead >= 0xe0) && lead !== 0xed && lead !== 0xee) leads.push(lead);
  }
  return [...leads, 0xed, 0xee];
}

function isPrivateUse(character: string): boolean {
  return character >= '\uE000' && character <= '\uF8FF';
}
