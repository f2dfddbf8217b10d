import { execFile } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { collectionKeys } from '../../app/src/stores/keys.ts';
import { RealRedis } from '../../test/real-redis.ts';
import type { Cluster } from './cluster.ts';
import { Container } from './container.ts';
import { searchPath } from './pod.ts';
import type { Scene } from './scene.ts';
import { renderedManifests, Workload } from './workload.ts';

/**
 * A backup and a restore of it by the rendered jobs. What was acknowledged before the backup began has to be in the store
 * afterwards; what was acknowledged since then may be in the snapshot of what was replaced.
 */
export async function backUpAndRestore({ cluster, acknowledged, allow }: Scene): Promise<void> {
  const saved = new Set(acknowledged);
  await runJob(cluster, 'redis-backup');
  await runJob(cluster, 'redis-restore');
  allow(async (ids) => (await replaced(cluster, ids)).filter((id) => !saved.has(id)));
}

const repositoryOf = ({ folder }: Cluster) => join(folder, 'repository');

/** One pod of a job: its steps in order, each of which has to succeed. */
async function runJob(cluster: Cluster, job: string): Promise<void> {
  const { network, secrets, image } = cluster;
  if (cluster.programs.restic === undefined) throw new Error('restic is not there: .ci/install-backup-programs');
  const steps = Workload.steps(renderedManifests(), job);
  const [first] = steps;
  if (first === undefined) throw new Error(`${job} has no containers`);
  const folder = join(cluster.folder, job);
  const data = repositoryOf(cluster);
  for (const path of [join(folder, 'scratch'), data]) mkdirSync(path, { recursive: true });
  chownSync(data, first.user, first.user);
  const volumes = first.volumes({ folder, data, secrets });
  const address = network.assign(job, job);
  for (const step of steps) {
    const container = new Container({
      pod: job,
      command: step.command,
      env: { PATH: searchPath(image), ...step.env({ name: job, address }) },
      mounts: [[network.hostsFile, '/etc/hosts'], ...image.mounts, ...step.mounts(volumes, data)],
      user: step.user,
      workingDir: '/',
      scratch: join(folder, 'scratch'),
      reach: image.reach,
    });
    const code = await container.run();
    if (code !== 0) throw new Error(`${job} ended with ${code}: ${step.command.join(' ')}\n${container.log}`);
  }
  network.release(job);
}

/** Those of the ids that the newest snapshot of what was replaced holds. */
async function replaced(cluster: Cluster, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const scratch = await RealRedis.start(cluster.programs.store);
  try {
    await scratch.kill();
    const newest = ['--tag', 'replaced', '--host', 'quotes-production', 'latest:/kept'];
    const env = { ...process.env, RESTIC_PASSWORD: cluster.secret('restic-password') };
    const where = ['--no-cache', '--repo', repositoryOf(cluster), '--target', scratch.folder];
    await promisify(execFile)(cluster.programs.restic ?? 'restic', ['restore', ...newest, ...where], { env });
    await scratch.restart();
    const redis = new Redis(scratch.port);
    const held = await redis.hmget(collectionKeys('quotes').data, ...ids);
    redis.disconnect();
    return ids.filter((_, index) => held[index] !== null);
  } finally {
    await scratch.stop();
  }
}
