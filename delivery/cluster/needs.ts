import type { Environment } from '../../charts/plan/environment.ts';
import type { Resource } from '../../guardrails/field.ts';
import { filesNow, snapshotOf } from '../diff/snapshot.ts';

/** What one environment asks of a cluster, read off its manifests: never a list that someone must keep up to date. */
export interface Needs {
  readonly environment: Environment;
  /** Of the environment's own file: built-in APIs only. */
  readonly objects: readonly Resource[];
  /** Of its addons: kinds that operators bring. */
  readonly addons: readonly Resource[];
}

/** Reads what an environment needs from dist/. */
export async function needsOf(root: string, environment: Environment): Promise<Needs> {
  const files = await filesNow(root, 'dist');
  const objects = (path: string) => [...snapshotOf(files.filter((file) => file.path === path)).values()];
  return {
    environment,
    objects: objects(`dist/${environment.name}.k8s.yaml`),
    addons: objects(`dist/addons/${environment.name}.k8s.yaml`),
  };
}
