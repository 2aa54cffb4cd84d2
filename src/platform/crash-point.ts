/**
 * The places where a sudden death matters, by name. The service calls `reached` there; in production that does
 * nothing, in fault tests the process is killed.
 */
export type CrashPoint =
  | 'claimed'
  | 'converting'
  | 'outbox-before-rename'
  | 'outbox-after-rename'
  | 'recorded'
  | 'ingesting'
  | 'upload-half'
  | 'remote-before-rename'
  | 'remote-after-rename'
  | 'reset-looked-up'
  | 'reset-known';

export type Reached = (point: CrashPoint) => void;

export const carryOn: Reached = () => {};
