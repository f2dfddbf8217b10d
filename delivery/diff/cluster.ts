import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { isRecord } from '../../guardrails/field.ts';
import { Kubectl } from '../cluster/kubectl.ts';
import type { Run } from '../run.ts';
import { DIST, type Sides } from './sides.ts';
import { snapshotOf, type TextFile } from './snapshot.ts';

/** Fields that the cluster writes: they differ from every manifest and mean nothing to a reviewer. */
const WRITTEN_BY_CLUSTER = ['managedFields', 'resourceVersion', 'uid', 'generation', 'creationTimestamp', 'selfLink'];

export interface ClusterDiffOptions {
  readonly root: string;
  readonly environment: string;
  readonly run: Run;
}

/**
 * What applying an environment would change in the cluster of the current context. The API server itself computes both sides
 * (`kubectl diff --server-side`: defaults, admission and field owners included); only the telling is ours.
 */
export async function againstCluster({ root, environment, run }: ClusterDiffOptions): Promise<Sides> {
  await new Kubectl(run, root).requireCluster();
  const folder = await mkdtemp(join(tmpdir(), 'cluster-diff-'));
  try {
    await Promise.all(['live', 'merged'].map((side) => mkdir(join(folder, side))));
    const file = `${DIST}/${environment}.k8s.yaml`;
    const { code, stderr } = await run('kubectl', ['diff', '--server-side', '--force-conflicts', '-f', file], {
      cwd: root,
      env: { KUBECTL_EXTERNAL_DIFF: join(import.meta.dirname, 'keep-sides.sh'), DIFF_SIDES: folder },
    });
    // kubectl: 0 no difference, 1 differences, above 1 a failure.
    if (code > 1) throw new Error(`kubectl diff of ${file} failed: ${stderr.trim()}\n${cureOf(stderr)}`);
    return {
      replaces: true,
      title: `the cluster -> ${file}`,
      before: snapshotOf(await sideOf(join(folder, 'live'), file)),
      after: snapshotOf(await sideOf(join(folder, 'merged'), file)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function cureOf(stderr: string): string {
  return /namespaces? ".*" not found/.test(stderr)
    ? 'The environment was never applied to this cluster: there is nothing to compare with yet.'
    : 'Run npm run doctor to see what the cluster lacks.';
}

async function sideOf(folder: string, path: string): Promise<readonly TextFile[]> {
  const names = await readdir(folder);
  return Promise.all(
    names.sort().map(async (name) => ({
      path,
      text: dump(withoutClusterFields(load(await readFile(join(folder, name), 'utf8')))),
    })),
  );
}

function withoutClusterFields(value: unknown): unknown {
  if (!isRecord(value)) return value ?? {};
  const { status: _status, metadata, ...rest } = value;
  const kept = isRecord(metadata) ? Object.entries(metadata).filter(([key]) => !WRITTEN_BY_CLUSTER.includes(key)) : [];
  return { ...rest, metadata: Object.fromEntries(kept) };
}
