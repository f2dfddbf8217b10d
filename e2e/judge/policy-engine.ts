import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { BIN, sh } from '../cluster/machine.ts';

const MODULE = join(import.meta.dirname, 'policy-engine');

/** A connection by addresses. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: string;
}

/** A cluster as the engine sees it: API objects, pods with the addresses in their status. */
export interface World {
  readonly namespaces: readonly object[];
  readonly pods: readonly object[];
  readonly policies: readonly object[];
  readonly connections: readonly Connection[];
}

/** What kube-network-policies' own code says of every connection of every world. */
export async function askEngine(worlds: readonly World[]): Promise<readonly (readonly boolean[])[]> {
  const output = await sh(await buildEngine(), [], { input: worlds.map((world) => JSON.stringify(world)).join('\n') });
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as readonly boolean[]);
}

/** Builds the engine unless the same sources were built before. */
async function buildEngine(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of readdirSync(MODULE).sort()) hash.update(`${name}\0`).update(readFileSync(join(MODULE, name)));
  const built = join(BIN, `policy-engine-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(built)) return built;
  mkdirSync(BIN, { recursive: true });
  const env = { GOTOOLCHAIN: 'auto', GOFLAGS: '-trimpath', CGO_ENABLED: '0', GOWORK: 'off' };
  const flags = ['-buildvcs=false', '-ldflags', '-s -w', '-o', `${built}.new`];
  await sh('go', ['build', ...flags, '.'], { cwd: MODULE, env, timeoutMs: 1_800_000 });
  renameSync(`${built}.new`, built);
  return built;
}
