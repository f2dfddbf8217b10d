import { execFileSync } from 'node:child_process';
import { findProgram } from '../../test/requires.ts';
import { ENV } from '../contract.ts';

/** Where the data of the platform lives while it runs on a laptop. */
export type Store =
  | { readonly kind: 'given'; readonly url: string }
  | { readonly kind: 'private'; readonly program: string }
  | { readonly kind: 'emulated' };

/** Set to `emulated` to run without a server where there is one. */
export const STORE_VARIABLE = 'DEV_STORE';

/** What somebody set wins, then a real server, then the emulation, which needs nothing. */
export function chooseStore(env: Readonly<Record<string, string | undefined>>, find = installedServer): Store {
  if (env[STORE_VARIABLE] === 'emulated') return { kind: 'emulated' };
  const url = env[ENV.redisUrl];
  if (url) return { kind: 'given', url };
  const program = find();
  return program === undefined ? { kind: 'emulated' } : { kind: 'private', program };
}

/** The oldest version that can say what is on the disk (WAITAOF). */
const OLDEST = 7.2;

function installedServer(): string | undefined {
  const version = (path: string) => /v=(\d+\.\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' }))?.[1];
  return ['valkey-server', 'redis-server']
    .flatMap((name) => findProgram(name) ?? [])
    .find((path) => Number(version(path) ?? 0) >= OLDEST);
}

export function describeStore(store: Store, dataFolder: string): string {
  switch (store.kind) {
    case 'given':
      return `the Redis of ${ENV.redisUrl}`;
    case 'private':
      return `a private ${store.program}; its data stays in ${dataFolder}`;
    case 'emulated':
      return 'an emulation of Redis inside one process: it is empty again after every restart';
  }
}
