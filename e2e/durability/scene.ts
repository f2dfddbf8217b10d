import { eventually } from '../../test/eventually.ts';
import { until } from '../redis/until.ts';
import type { Cluster } from './cluster.ts';
import type { Elsewhere } from './load.ts';
import type { Pod } from './pod.ts';

/** What stands still while a fault lasts. */
export interface Scene {
  readonly cluster: Cluster;
  readonly primary: Pod;
  readonly replicas: readonly Pod[];
  /** Quotes that were answered with 201 so far. */
  readonly acknowledged: readonly string[];
  /** Says where acknowledged quotes may be instead of in the store. */
  readonly allow: (elsewhere: Elsewhere) => void;
}

/** The duration of the fault itself: the one wait that is no condition. */
export function lasting(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
}

/** The moment at which a replica has become primary. */
export async function promotion({ cluster, replicas }: Pick<Scene, 'cluster' | 'replicas'>): Promise<void> {
  await eventually(
    async () => {
      const primaries = await cluster.primaries();
      if (!replicas.some((replica) => primaries.includes(replica))) throw new Error('no replica was promoted');
    },
    { withinMs: 40_000 },
  );
}

export async function deleteTogether({ cluster }: Scene, pods: readonly Pod[]): Promise<void> {
  await Promise.all(
    pods.map(async (pod) => {
      await pod.delete();
      cluster.startAgain(pod);
    }),
  );
}

export async function rollingDelete(scene: Scene, pods: readonly Pod[]): Promise<void> {
  for (const pod of pods) {
    await deleteTogether(scene, [pod]);
    await until(`${pod.pod} ready again`, 60, () => pod.ready());
  }
}
