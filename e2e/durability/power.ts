import { until } from '../redis/until.ts';
import type { Pod } from './pod.ts';
import { deleteTogether, lasting, promotion, type Scene } from './scene.ts';

/** There are four keys a data set: some seconds for a file. */
const SLOW_KEY_MICROSECONDS = 2_000_000;
/** The pods are off afterwards. */
async function cutPower(pods: readonly Pod[]): Promise<void> {
  await Promise.all(pods.map((pod) => pod.container.kill()));
  await Promise.all(pods.map((pod) => pod.disk?.cutPower()));
}

export async function blackOut({ cluster }: Scene, pods: readonly Pod[]): Promise<void> {
  await cutPower(pods);
  for (const pod of pods) cluster.startAgain(pod);
}

/** A replica is promoted from what its own disk kept: an acknowledgement that only spoke of memory shows here. */
export async function cutPowerOfAll(scene: Scene): Promise<void> {
  const { cluster, primary, replicas } = scene;
  await cutPower(cluster.servers);
  for (const replica of replicas) cluster.startAgain(replica);
  await promotion(scene);
  cluster.startAgain(primary);
}

/**
 * After a full synchronization a replica has everything in memory, and on its disk still the file of before, until a new one is
 * written. A slow disk holds that moment open: what is acknowledged in it by memory alone is not on the disk of a server that leads next.
 */
export async function cutPowerWhileRewriting(scene: Scene): Promise<void> {
  const { cluster, primary } = scene;
  const [replica, ...others] = scene.replicas;
  if (replica === undefined) throw new Error('no replica');
  await deleteTogether(scene, [replica]);
  await until('a replica that can be slowed down', 20, () =>
    cluster
      .at(replica, (redis) => redis.config('SET', 'rdb-key-save-delay', SLOW_KEY_MICROSECONDS))
      .then(Boolean, () => false),
  );
  await until('the replica online, its file not', 30, async () => {
    const [link, file] = await cluster.at(replica, (redis) =>
      Promise.all([redis.info('replication'), redis.info('persistence')]),
    );
    return link.includes('master_link_status:up') && file.includes('aof_rewrite_in_progress:1');
  });
  await lasting(2);
  await cutPower(cluster.servers);
  cluster.startAgain(replica);
  await promotion(scene);
  for (const pod of [primary, ...others]) cluster.startAgain(pod);
}

export async function stall({ primary }: Scene): Promise<void> {
  await primary.disk?.freeze();
  await lasting(6).finally(() => primary.disk?.thaw());
}

export async function fillDisk(pod: Pod | undefined): Promise<void> {
  await pod?.disk?.fill();
  await lasting(4);
  pod?.disk?.free();
}
