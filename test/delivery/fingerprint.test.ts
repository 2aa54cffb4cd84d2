import { expect, test } from 'vitest';
import { fingerprint, sameFingerprint } from '../../src/delivery/fingerprint.ts';

test('a fingerprint is the one that ssh-keygen prints', () => {
  const publicKey = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
  expect(fingerprint(Buffer.from(publicKey, 'base64'))).toBe(
    'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
  );
});

test('padding makes no other fingerprint, a letter does', () => {
  expect(sameFingerprint('SHA256:abc', 'SHA256:abc=')).toBe(true);
  expect(sameFingerprint('SHA256:abc', 'SHA256:Abc')).toBe(false);
});
