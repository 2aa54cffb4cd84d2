import { isUtf8 } from 'node:buffer';

/** What the name of something in the inbox says about it, before anybody opens it. */
export type InboxName = 'take' | 'unfinished' | 'foreign';

/**
 * `take`: a file that we read. `unfinished`: a name that programs give to files still being written; never
 * taken. `foreign`: a complete file of a kind that we do not read.
 */
export function classifyName(name: string): InboxName {
  if (name.startsWith('.') || /\.(tmp|part|filepart|crdownload)$/i.test(name)) return 'unfinished';
  return /\.(csv|csv\.gz|zip)$/i.test(name) ? 'take' : 'foreign';
}

/** A file name in the bytes of the file system as text: UTF-8, or CP932 as Windows programs in Japan send it. */
export function nameOf(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString() : new TextDecoder('shift_jis').decode(bytes);
}
