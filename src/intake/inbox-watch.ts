import { watch } from 'chokidar';

/**
 * Calls `onChange(folder)` when something happened in one of the folders. A hint and no more: events are missed
 * on network mounts and come too early for slow writers, so that whoever is woken looks for himself, and looks
 * every few seconds without being woken.
 */
export function watchFolders(
  folders: string[],
  onChange: (folder: string) => void,
  onError: (error: unknown) => void,
): { close(): Promise<void> } {
  const watchers = folders.map((folder) =>
    watch(folder, { depth: 0, ignoreInitial: true })
      .on('all', () => onChange(folder))
      .on('error', onError),
  );
  return {
    async close() {
      await Promise.all(watchers.map((watcher) => watcher.close()));
    },
  };
}
