import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Attributes, InputAttributes, SFTPWrapper } from 'ssh2';
import type { Clock } from '../platform/clock.ts';
import { messageOf, systemCode } from '../platform/problem.ts';
import { toIso } from '../platform/time-zone.ts';
import { type Changes, type NamedStats, openBits, type RootedFiles } from './rooted-files.ts';

/** What goes wrong on purpose. The object may be changed at any time. */
export interface SftpFaults {
  refuseLogin?: boolean;
  /** Everything that would change a file is answered with "permission denied". */
  readOnly?: boolean;
  /** A write that reaches beyond this many bytes of its file fails, as on a full disk. */
  failWritesAfterBytes?: number | undefined;
  /** A write that reaches beyond this many bytes of its file breaks every connection instead. */
  cutAfterBytes?: number | undefined;
  /** Every request is answered this much later. */
  delayMs?: number;
  /** No request is answered any more. */
  silent?: boolean;
}

const status = { ok: 0, endOfFile: 1, noSuchFile: 2, permissionDenied: 3, failure: 4 };
const namesPerAnswer = 100;
const writingBits = openBits.write | openBits.append | openBits.create | openBits.truncate;

type Handle = { file: FileHandle } | { names: NamedStats[] };

/** Answers one client's requests in the order in which they came, however many it has under way. */
export class SftpSession {
  readonly #channel: SFTPWrapper;
  readonly #files: RootedFiles;
  readonly #faults: SftpFaults;
  readonly #clock: Clock;
  readonly #cut: () => void;
  readonly #handles = new Map<number, Handle>();
  #lastHandle = 0;
  #queue = Promise.resolve();
  #gone = false;

  constructor(channel: SFTPWrapper, files: RootedFiles, faults: SftpFaults, clock: Clock, cut: () => void) {
    this.#channel = channel;
    this.#files = files;
    this.#faults = faults;
    this.#clock = clock;
    this.#cut = cut;
  }

  serve(): void {
    this.#serveNames();
    this.#serveHandles();
    const leave = () => {
      if (this.#gone) return;
      this.#gone = true;
      this.#channel.end(); // OpenSSH's client waits for this after its own end
      this.#queue = this.#queue.then(() => this.#closeAll());
    };
    this.#channel.on('error', leave);
    this.#channel.on('end', leave);
    this.#channel.on('close', leave);
  }

  #serveNames(): void {
    const channel = this.#channel;
    const files = this.#files;
    channel.on('REALPATH', (id, path) =>
      this.#next(id, async () => {
        const filename = files.shown(path);
        channel.name(id, [{ filename, longname: filename, attrs: noAttributes }]);
      }),
    );
    channel.on('STAT', (id, path) =>
      this.#next(id, async () => channel.attrs(id, attributesOf(await files.stat(path)))),
    );
    channel.on('LSTAT', (id, path) =>
      this.#next(id, async () => channel.attrs(id, attributesOf(await files.lstat(path)))),
    );
    channel.on('SETSTAT', (id, path, wanted) =>
      this.#change(id, () => files.change(path, changesOf(wanted))),
    );
    channel.on('REMOVE', (id, path) => this.#change(id, () => files.remove(path)));
    channel.on('RENAME', (id, from, to) => this.#change(id, () => files.rename(from, to)));
    channel.on('MKDIR', (id, path) => this.#change(id, () => files.makeFolder(path)));
    channel.on('RMDIR', (id, path) => this.#change(id, () => files.removeFolder(path)));
  }

  #serveHandles(): void {
    const channel = this.#channel;
    channel.on('OPEN', (id, path, bits) =>
      this.#next(id, async () => {
        if (bits & writingBits) this.#mustBeWritable();
        channel.handle(id, this.#keep({ file: await this.#files.open(path, bits) }));
      }),
    );
    channel.on('OPENDIR', (id, path) =>
      this.#next(id, async () => channel.handle(id, this.#keep({ names: await this.#files.list(path) }))),
    );
    channel.on('READDIR', (id, handle) => this.#next(id, async () => this.#nextNames(id, handle)));
    channel.on('READ', (id, handle, offset, length) =>
      this.#next(id, () => this.#read(id, handle, offset, length)),
    );
    channel.on('WRITE', (id, handle, offset, data) =>
      this.#change(id, () => this.#write(handle, offset, data)),
    );
    channel.on('FSTAT', (id, handle) =>
      this.#next(id, async () => channel.attrs(id, attributesOf(await this.#file(handle).stat()))),
    );
    channel.on('FSETSTAT', (id, handle, wanted) =>
      this.#change(id, () => changeOpen(this.#file(handle), changesOf(wanted))),
    );
    channel.on('CLOSE', (id, handle) =>
      this.#next(id, async () => {
        await this.#close(numberOf(handle));
        channel.status(id, status.ok);
      }),
    );
  }

  /** Queues a request; what `work` throws is answered with the status for it. */
  #next(id: number, work: () => Promise<void>): void {
    const { delayMs } = this.#faults;
    const due = delayMs ? this.#clock.sleep(delayMs) : undefined;
    this.#queue = this.#queue.then(async () => {
      await due;
      if (this.#gone || this.#faults.silent) return;
      try {
        await work();
      } catch (error) {
        this.#channel.status(id, statusOf(error), messageOf(error));
      }
    });
  }

  #change(id: number, work: () => Promise<void>): void {
    this.#next(id, async () => {
      this.#mustBeWritable();
      await work();
      this.#channel.status(id, status.ok);
    });
  }

  async #read(id: number, handle: Buffer, offset: number, length: number): Promise<void> {
    const buffer = Buffer.allocUnsafe(Math.min(length, 256 * 1024));
    const { bytesRead } = await this.#file(handle).read(buffer, 0, buffer.length, offset);
    if (bytesRead > 0) this.#channel.data(id, buffer.subarray(0, bytesRead));
    else this.#channel.status(id, status.endOfFile);
  }

  async #write(handle: Buffer, offset: number, data: Buffer): Promise<void> {
    const { cutAfterBytes, failWritesAfterBytes } = this.#faults;
    const end = offset + data.length;
    if (cutAfterBytes !== undefined && end > cutAfterBytes) {
      this.#cut();
      return;
    }
    if (failWritesAfterBytes !== undefined && end > failWritesAfterBytes) throw new Error('Failure');
    const file = this.#file(handle);
    for (let done = 0; done < data.length; ) {
      done += (await file.write(data, done, data.length - done, offset + done)).bytesWritten;
    }
  }

  #nextNames(id: number, handle: Buffer): void {
    const open = this.#handles.get(numberOf(handle));
    if (!open || !('names' in open)) throw new Error('not an open directory');
    const names = open.names.splice(0, namesPerAnswer);
    if (names.length === 0) this.#channel.status(id, status.endOfFile);
    else this.#channel.name(id, names.map(entryOf));
  }

  #mustBeWritable(): void {
    if (this.#faults.readOnly) throw Object.assign(new Error('Permission denied'), { code: 'EACCES' });
  }

  #keep(handle: Handle): Buffer {
    this.#lastHandle += 1;
    this.#handles.set(this.#lastHandle, handle);
    const number = Buffer.alloc(4);
    number.writeUInt32BE(this.#lastHandle);
    return number;
  }

  #file(handle: Buffer): FileHandle {
    const open = this.#handles.get(numberOf(handle));
    if (!open || !('file' in open)) throw new Error('not an open file');
    return open.file;
  }

  async #close(number: number): Promise<void> {
    const open = this.#handles.get(number);
    this.#handles.delete(number);
    if (open && 'file' in open) await open.file.close();
  }

  async #closeAll(): Promise<void> {
    for (const number of [...this.#handles.keys()]) await this.#close(number);
  }
}

const noAttributes: Attributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

function attributesOf({ mode, uid, gid, size, atimeMs, mtimeMs }: Stats): Attributes {
  return { mode, uid, gid, size, atime: Math.trunc(atimeMs / 1000), mtime: Math.trunc(mtimeMs / 1000) };
}

function entryOf({ name, stats }: NamedStats) {
  const type = stats.isDirectory() ? 'd' : stats.isSymbolicLink() ? 'l' : '-';
  const longname = `${type}rw-r--r-- 1 ${stats.uid} ${stats.gid} ${stats.size} ${toIso(Math.trunc(stats.mtimeMs))} ${name}`;
  return { filename: name, longname, attrs: attributesOf(stats) };
}

function changesOf({ mode, size, atime, mtime }: InputAttributes): Changes {
  return {
    ...(mode !== undefined && { mode: Number(mode) }),
    ...(size !== undefined && { size }),
    ...(atime !== undefined && { atime: Number(atime) }),
    ...(mtime !== undefined && { mtime: Number(mtime) }),
  };
}

async function changeOpen(file: FileHandle, { mode, size, atime, mtime }: Changes): Promise<void> {
  if (mode !== undefined) await file.chmod(mode & 0o7777);
  if (size !== undefined) await file.truncate(size);
  if (atime !== undefined && mtime !== undefined) await file.utimes(atime, mtime);
}

function numberOf(handle: Buffer): number {
  return handle.length === 4 ? handle.readUInt32BE() : 0;
}

function statusOf(error: unknown): number {
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return status.noSuchFile;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ELOOP':
      return status.permissionDenied;
    default:
      return status.failure;
  }
}
