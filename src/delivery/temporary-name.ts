const shape = /^\.flagship-.*\.part$/;

/**
 * The name under which a file is written before it gets its own. The same file has the same one again after a
 * restart. It starts with a dot, does not end in `.csv` and does not contain the file's name, so that no pattern
 * of the job that collects files there can match it.
 */
export function temporaryName(file: { name: string; sha256: string }): string {
  const digits = file.name.replaceAll(/\D+/g, '-').replaceAll(/^-|-$/g, '').slice(0, 40);
  return `.flagship-${digits || 'file'}-${file.sha256.slice(0, 16)}.part`;
}

/** Whether a name is of the kind that {@link temporaryName} gives. */
export function isTemporaryName(name: string): boolean {
  return shape.test(name);
}
