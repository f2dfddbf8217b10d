import { watch } from 'node:fs';

export interface WatchProps {
  readonly folder: string;
  /** Called once for a burst of changes, with one of the files. */
  readonly onChange: (file: string) => void;
  /** @default 150 */
  readonly quietMs?: number;
}

/** Files that belong to the running services: not tests, not this runner, not what editors leave. */
export function matters(file: string): boolean {
  return /\.(ts|tsx|css|svg|woff2)$/.test(file) && !/\.test\.tsx?$/.test(file) && !file.startsWith('dev');
}

/** Watches a folder and all below it; returns what ends it. */
export function watchFolder({ folder, onChange, quietMs = 150 }: WatchProps): () => void {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, { recursive: true }, (_event, file) => {
    if (file === null || !matters(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => onChange(file), quietMs);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
