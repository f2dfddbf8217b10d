import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import { versionOf } from '../charts/constructs/labels.ts';
import { IMAGES } from '../charts/images.ts';
import { findProgram } from './requires.ts';

export type StoreProgram = 'valkey-server' | 'valkey-sentinel' | 'valkey-cli' | 'valkey-check-rdb' | 'valkey-check-aof';

/** Major and minor version of the store that the manifests ship. */
export const STORE_LINE = lineOf(versionOf(IMAGES.redis)) ?? '';

/** The first two numbers of a version: `8.1` of `8.1.11-alpine`. */
export function lineOf(text: string): string | undefined {
  return /(?:^|\D)(\d+\.\d+)\.\d+/.exec(text)?.[1];
}

/**
 * Full path of a program of the store, in the line that ships, for `describe.skipIf(!path)`: `.ci/install-store` puts it into the
 * project's cache; one on the PATH will do when it is of that line. Without it: says so and returns undefined on a laptop, throws under CI=true.
 */
export function requireStore(name: StoreProgram): string | undefined {
  const path = findProgram(name);
  if (path !== undefined && lineOf(execFileSync(path, ['--version'], { encoding: 'utf8' })) === STORE_LINE) return path;
  const message = `${basename(name)} ${STORE_LINE} is not there (.ci/install-store brings it): the tests that need it`;
  if (process.env['CI'] === 'true') throw new Error(`${message} cannot run, and CI must not skip them`);
  console.warn(`${message} are skipped`);
  return undefined;
}
