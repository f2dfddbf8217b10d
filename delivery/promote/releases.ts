import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { environments } from '../../charts/environments/all.ts';
import type { Release } from '../../charts/plan/environment.ts';

/** Where an environment's release is recorded: data, so that a promotion never touches code. */
export function releasePath(environment: string): string {
  return `charts/releases/${environment}.json`;
}

const RECORD = z.object({ tag: z.string(), digest: z.string().nullable() });

/** What an environment runs by the record. Fails when it has none, or the file holds anything else than a tag and a digest. */
export async function readRelease(root: string, environment: string): Promise<Release> {
  const path = releasePath(environment);
  if (!existsSync(join(root, path)))
    throw new Error(
      `${environment} has no release of its own (${path}); it runs that of the environment whose 'release' its file takes. Copy that record to ${path}, and import it in charts/environments/${environment}.ts`,
    );
  const value: unknown = JSON.parse(await readFile(join(root, path), 'utf8'));
  const { success, data } = RECORD.safeParse(value);
  if (success) return data;
  throw new Error(
    `${path} is no release: it holds ${JSON.stringify(value)}, not {"tag": "1.2.3", "digest": "sha256:..."}`,
  );
}

/** What every environment runs by its record; one that has none runs what another does. */
export async function readReleases(root: string): Promise<Readonly<Record<string, Release>>> {
  const recorded = environments.filter(({ name }) => existsSync(join(root, releasePath(name))));
  const entries = recorded.map(async ({ name }) => [name, await readRelease(root, name)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

export function releaseText(release: Release): string {
  return `${JSON.stringify(release, null, 2)}\n`;
}
