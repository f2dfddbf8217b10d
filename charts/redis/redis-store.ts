import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { TrafficPolicy } from '../constructs/traffic-policy.ts';
import type { Environment } from '../environments/environment.ts';
import type { ServiceSpec } from '../services/service.ts';
import { serviceRoles } from './acl.ts';
import { RedisBackups } from './backups.ts';
import { RedisGroup } from './group.ts';
import { identity } from './pod.ts';
import { sentinelGroup } from './sentinels.ts';
import { serverGroup } from './servers.ts';
import { backupOf, REDIS_NAMES } from './shape.ts';
import { storeTraffic } from './traffic.ts';

export interface RedisStoreProps {
  readonly environment: Environment;
  /** Whose `calls` names redis may connect. */
  readonly catalog: readonly ServiceSpec[];
}

/**
 * The store of one environment: servers, Sentinels, backups and their policies, by the environment's choice.
 * An external Redis yields no object: its clients' egress (redisClientTraffic) and secret (redisSecrets) are all there is.
 */
export class RedisStore extends Construct {
  constructor(scope: Construct, id: string, { environment, catalog }: RedisStoreProps) {
    super(scope, id);
    const { redis } = environment;
    if (redis.kind === 'external') return;
    new k8s.KubeServiceAccount(this, 'account', {
      metadata: identity(REDIS_NAMES.servers, environment).metadata,
      automountServiceAccountToken: false,
    });
    if (redis.kind === 'sentinel') new RedisGroup(this, 'sentinels', sentinelGroup(environment, redis));
    new RedisGroup(this, 'servers', serverGroup(environment, redis, catalog));
    const backup = backupOf(redis);
    if (backup !== null) {
      new RedisBackups(this, 'backups', { environment, redis, backup, services: serviceRoles(catalog) });
    }
    for (const { name, ingress, egress } of storeTraffic(environment, catalog)) {
      const { pods, metadata } = identity(name, environment);
      new TrafficPolicy(this, `${name}-traffic`, {
        name: `${name}-traffic`,
        labels: metadata.labels,
        pods,
        ingress,
        egress,
      });
    }
  }
}
