import type { Message } from './message.ts';

/** A way on which somebody is told. */
export interface Channel {
  /** For people and for the ledger; never the address, which may be a secret. */
  name: string;
  /** @throws Problem `alarm-not-told` */
  tell(message: Message): Promise<void>;
}
