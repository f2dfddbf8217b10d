import { createHash } from 'node:crypto';
import { until } from '../redis/until.ts';
import type { Cluster } from './cluster.ts';
import { rollingDelete, type Scene } from './scene.ts';
import { ownPasswordKeys } from './workload.ts';

/** The three steps of docs/how-to/redis.md for one password. */
export async function rotate(scene: Scene, key: string): Promise<void> {
  const { cluster } = scene;
  const old = cluster.secret(key);
  const next = `the next ${key} "second" $2 \\`;
  cluster.bring({ [`${key}-standby`]: next });
  await accepted(cluster, next, true);
  let taken = !isOwn(key);
  void Promise.all(cluster.apps.map((app) => app.container.says('logged in to Redis'))).then(() => {
    taken = true;
  });
  cluster.bring({ [key]: next, [`${key}-standby`]: old });
  await until('pods of the service that use the new password', 30, () => taken);
  // These log in with what they read at their start.
  if (/sentinel|replica/.test(key)) await rollingDelete(scene, [...cluster.sentinels, ...cluster.servers]);
  cluster.bring({ [`${key}-standby`]: undefined });
  await accepted(cluster, old, false);
}

/** Whether the service under test logs in with it. */
export const isOwn = (key: string) => ownPasswordKeys().includes(key);

/** Waits for servers that accept a password, or that refuse it. */
async function accepted(cluster: Cluster, password: string, wanted: boolean): Promise<void> {
  await until(`servers that ${wanted ? 'accept' : 'refuse'} a password`, 30, async () => {
    const lists = cluster.servers.map((pod) => cluster.at(pod, (redis) => redis.acl('LIST')).catch(() => undefined));
    const hash = createHash('sha256').update(password).digest('hex');
    return (await Promise.all(lists)).every((list) => list !== undefined && String(list).includes(hash) === wanted);
  });
}
