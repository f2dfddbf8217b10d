import { cp, readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildContext, context } from 'esbuild';
import { BUILD } from '../image/bundle.ts';
import type { Store } from './store.ts';

export interface ProgramsProps {
  readonly root: string;
  readonly folder: string;
  readonly store: Store['kind'];
  /** Tells no faults of the sources. @default false */
  readonly quiet?: boolean;
}

/**
 * What the processes of the services run. Four of them share one bundle, made as the image's is and kept until a source
 * changes: each translating and looking up every module by itself takes three times as long. One process alone, with
 * the emulation, starts sooner from the sources than a bundle is made.
 */
export class Programs {
  readonly #props: ProgramsProps;
  #context: BuildContext | undefined;

  constructor(props: ProgramsProps) {
    this.#props = props;
  }

  get args(): readonly string[] {
    const { root, folder, store } = this.#props;
    return store === 'emulated' ? ['--import', 'tsx', join(root, 'app/dev/emulated.ts')] : [join(folder, 'main.mjs')];
  }

  /** Makes the bundle, unless it is newer than every source; false where those do not compile, which esbuild has then told. */
  async build(): Promise<boolean> {
    const { root, folder, store } = this.#props;
    if (store === 'emulated' || (await this.#isFresh())) return true;
    const started = new Date();
    this.#context ??= await this.#open();
    try {
      await this.#context.rebuild();
    } catch {
      return false;
    }
    await cp(join(root, 'app/src/services/front/assets'), join(folder, 'assets'), { recursive: true });
    // esbuild leaves a file alone that would stay the same; and what changes while it works counts as newer.
    await utimes(join(folder, 'main.mjs'), started, started);
    return true;
  }

  async close(): Promise<void> {
    await this.#context?.dispose();
  }

  async #isFresh(): Promise<boolean> {
    const { root, folder } = this.#props;
    const built = await changedAt(join(folder, 'main.mjs'));
    const entries = await readdir(join(root, 'app'), { recursive: true }).catch(() => []);
    const sources = ['package-lock.json', ...entries.map((entry) => join('app', entry))];
    const changed = await Promise.all(sources.map((source) => changedAt(join(root, source))));
    return changed.every((time) => time < built);
  }

  #open(): Promise<BuildContext> {
    const { root, folder, quiet = false } = this.#props;
    return context({
      ...BUILD,
      entryPoints: { main: join(root, 'app/src/main.ts') },
      outdir: folder,
      ...(quiet && { logLevel: 'silent' }),
    });
  }
}

/** Time of the last change in ms; 0 for what is not there. */
async function changedAt(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  return found?.mtimeMs ?? 0;
}
