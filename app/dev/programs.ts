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
 * changes: each translating and looking up every module by itself takes three times as long. One process alone, with the
 * emulation, begins from the sources where no bundle is kept, because it is ready sooner; a change makes it a bundle too.
 */
export class Programs {
  readonly #props: ProgramsProps;
  readonly #program: string;
  #context: BuildContext | undefined;
  #isBundled = false;

  constructor(props: ProgramsProps) {
    this.#props = props;
    this.#program = join(props.folder, props.store === 'emulated' ? 'emulated.mjs' : 'main.mjs');
  }

  get args(): readonly string[] {
    return this.#isBundled ? [this.#program] : ['--import', 'tsx', join(this.#props.root, 'app/dev/emulated.ts')];
  }

  /** Makes what a first start needs; false where it does not compile, which esbuild has then told. */
  async begin(): Promise<boolean> {
    this.#isBundled = await this.#isFresh();
    return this.#isBundled || this.#props.store === 'emulated' || this.build();
  }

  /** Makes the bundle, of what has changed since the last time alone; false as above. */
  async build(): Promise<boolean> {
    const { root, folder } = this.#props;
    const started = new Date();
    this.#context ??= await this.#open();
    try {
      await this.#context.rebuild();
    } catch {
      return false;
    }
    await cp(join(root, 'app/src/services/front/assets'), join(folder, 'assets'), { recursive: true });
    // esbuild leaves a file alone that would stay the same; and what changes while it works counts as newer.
    await utimes(this.#program, started, started);
    this.#isBundled = true;
    return true;
  }

  async close(): Promise<void> {
    await this.#context?.dispose();
  }

  async #isFresh(): Promise<boolean> {
    const { root } = this.#props;
    const built = await changedAt(this.#program);
    const entries = await readdir(join(root, 'app'), { recursive: true }).catch(() => []);
    const sources = ['package-lock.json', ...entries.map((entry) => join('app', entry))];
    const changed = await Promise.all(sources.map((source) => changedAt(join(root, source))));
    return changed.every((time) => time < built);
  }

  #open(): Promise<BuildContext> {
    const { root, folder, store, quiet = false } = this.#props;
    const dev = join(root, 'app/dev');
    const emulated = {
      entryPoints: { emulated: join(dev, 'emulated.ts') },
      // It reads the store's functions from beside its source.
      define: { ...BUILD.define, 'import.meta.dirname': JSON.stringify(dev) },
    };
    return context({
      ...BUILD,
      ...(store === 'emulated' ? emulated : { entryPoints: { main: join(root, 'app/src/main.ts') } }),
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
