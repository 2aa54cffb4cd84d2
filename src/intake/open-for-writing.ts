import { readdir, readFile, readlink, realpath } from 'node:fs/promises';

const accessMode = 0o3;

/**
 * Whether some process has the file open for writing, as far as this system lets us see: Linux shows the open
 * files of our own user's processes (of everybody's to root). Elsewhere, or when in doubt, false: the settle
 * time is the rule, this only lengthens it.
 */
export async function openForWriting(path: Buffer): Promise<boolean> {
  const target = await realpath(path).catch(() => path.toString());
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of processes) {
    if (await writes(pid, target)) return true;
  }
  return false;
}

async function writes(pid: string, target: string): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    const link = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    if (link === target && (await isWriteDescriptor(pid, descriptor))) return true;
  }
  return false;
}

async function isWriteDescriptor(pid: string, descriptor: string): Promise<boolean> {
  const info = await readFile(`/proc/${pid}/fdinfo/${descriptor}`, 'utf8').catch(() => '');
  const flags = /^flags:\s*([0-7]+)/m.exec(info)?.[1];
  return flags !== undefined && (Number.parseInt(flags, 8) & accessMode) !== 0;
}
