import { createHash } from 'node:crypto';

/** `SHA256:…` of a public key in SSH's wire format, as `ssh-keygen -lf` prints it. */
export function fingerprint(publicKey: Uint8Array): string {
  return `SHA256:${withoutPadding(createHash('sha256').update(publicKey).digest('base64'))}`;
}

/** Whether two fingerprints name the same key; with or without base64 padding. */
export function sameFingerprint(one: string, other: string): boolean {
  return withoutPadding(one) === withoutPadding(other);
}

function withoutPadding(text: string): string {
  return text.replace(/=+$/, '');
}
