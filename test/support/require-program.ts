import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

// Where daemons live is not on everyone's path.
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];

/**
 * The path of a program that some tests need, or undefined where it is not installed: those tests are then
 * skipped. When FLAGSHIP_REQUIRE (names with commas) contains its name, its absence fails them instead.
 */
export function findProgram(name: string): string | undefined {
  const found = folders.map((folder) => join(folder, name)).find(isExecutable);
  const required = (process.env.FLAGSHIP_REQUIRE ?? '').split(',').map((item) => item.trim());
  if (!found && required.includes(name)) {
    throw new Error(`${name} is required by FLAGSHIP_REQUIRE, but is not installed`);
  }
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
