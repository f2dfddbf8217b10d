import { relative } from 'node:path';
import { watch } from 'chokidar';

export interface WatchProps {
  readonly folder: string;
  /** Called once for a burst of changes, with one of the files. */
  readonly onChange: (file: string) => void;
  /** @default 150 */
  readonly quietMs?: number;
}

/** Files that belong to the running services: not tests, not this runner, not what editors leave. */
export function matters(file: string): boolean {
  return /\.(ts|tsx|json|css|svg|woff2|lua)$/.test(file) && !/\.test\.tsx?$/.test(file) && !file.startsWith('dev');
}

/** Watches a folder and all below it, also what comes and goes; resolves once it does, to what ends it. */
export async function watchFolder({ folder, onChange, quietMs = 150 }: WatchProps): Promise<() => Promise<void>> {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, { ignoreInitial: true });
  watcher.on('all', (_event, path) => {
    const file = relative(folder, path);
    if (!matters(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => onChange(file), quietMs);
  });
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
