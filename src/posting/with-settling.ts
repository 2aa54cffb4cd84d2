import type { Poster } from './poster.ts';

/** What tells a destination, and settles what is in doubt there. */
export interface PostingPart {
  wake(): void;
  stop(deadline: AbortSignal): Promise<void>;
}

/** Starts a poster and what settles its doubts; they are woken and stopped as one. */
export function startWithSettling(
  poster: Poster,
  settling: { start(): void; stop(deadline: AbortSignal): Promise<void> },
): PostingPart {
  poster.start();
  settling.start();
  return {
    wake: () => poster.wake(),
    async stop(deadline) {
      await Promise.all([poster.stop(deadline), settling.stop(deadline)]);
    },
  };
}
