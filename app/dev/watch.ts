import { relative } from 'node:path';
import { watch } from 'chokidar';
import { SERVICES, type ServiceName } from '../contract.ts';

export interface WatchProps {
  readonly folder: string;
  /** Called once for a burst of changes, with all of its files. */
  readonly onChange: (files: readonly string[]) => void;
  /** @default 50 */
  readonly quietMs?: number;
}

/** Files that belong to the running services: not tests, not this runner, not what editors leave. */
export function matters(file: string): boolean {
  return /\.(ts|tsx|json|css|svg|woff2|lua)$/.test(file) && !/\.test\.tsx?$/.test(file) && !file.startsWith('dev');
}

/** Services that run one of these files: a folder of a service is its own, for services never import each other; all run the others. */
export function servicesOf(files: readonly string[], services: readonly ServiceName[]): readonly ServiceName[] {
  const owners = files.map((file) => /^src[/]services[/]([\w-]+)/.exec(file)?.[1]);
  const isShared = owners.some((owner) => !SERVICES.some((name) => name === owner));
  return isShared ? services : services.filter((name) => owners.includes(name));
}

/** Watches a folder and all below it, also what comes and goes; resolves once it does, to what ends it. */
export async function watchFolder({ folder, onChange, quietMs = 50 }: WatchProps): Promise<() => Promise<void>> {
  let timer: NodeJS.Timeout | undefined;
  const changed = new Set<string>();
  const tell = () => {
    const files = [...changed].sort();
    changed.clear();
    onChange(files);
  };
  const watcher = watch(folder, { ignoreInitial: true });
  watcher.on('all', (_event, path) => {
    const file = relative(folder, path);
    if (!matters(file)) return;
    changed.add(file);
    clearTimeout(timer);
    timer = setTimeout(tell, quietMs);
  });
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
