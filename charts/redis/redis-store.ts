import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { TrafficPolicy } from '../constructs/traffic-policy.ts';
import type { Environment } from '../environments/environment.ts';
import type { Plan } from '../plan/part.ts';
import { serviceRoles } from './acl.ts';
import { RedisBackups } from './backups.ts';
import { RedisGroup } from './group.ts';
import { identity } from './pod.ts';
import { sentinelGroup } from './sentinels.ts';
import { serverGroup } from './servers.ts';
import { backupOf, REDIS_NAMES } from './shape.ts';

export interface RedisStoreProps {
  readonly environment: Environment;
  readonly plan: Plan;
}

/**
 * The store of one environment: servers, Sentinels, backups and their policies, by the environment's choice.
 * An external Redis yields no object: its clients' egress (redisClientTraffic) and secret (redisSecrets) are all there is.
 */
export class RedisStore extends Construct {
  constructor(scope: Construct, id: string, { environment, plan }: RedisStoreProps) {
    super(scope, id);
    const { redis } = environment;
    if (redis.kind === 'external') return;
    new k8s.KubeServiceAccount(this, 'account', {
      metadata: identity(REDIS_NAMES.servers, environment).metadata,
      automountServiceAccountToken: false,
    });
    if (redis.kind === 'sentinel') new RedisGroup(this, 'sentinels', sentinelGroup(environment, redis));
    new RedisGroup(this, 'servers', serverGroup(environment, redis, plan.catalog));
    const backup = backupOf(redis);
    if (backup !== null) {
      new RedisBackups(this, 'backups', { environment, redis, backup, services: serviceRoles(plan.catalog) });
    }
    const jobs = backup === null ? [] : [REDIS_NAMES.backup, REDIS_NAMES.restore];
    const sentinels = redis.kind === 'sentinel' ? [REDIS_NAMES.sentinels] : [];
    for (const name of [REDIS_NAMES.servers, ...sentinels, ...jobs]) {
      const { pods, metadata } = identity(name, environment);
      const { ingress, egress } = plan.traffic({ kind: 'workload', name, namespace: environment.namespace });
      const policy = { name: `${name}-traffic`, labels: metadata.labels, pods, ingress, egress };
      new TrafficPolicy(this, policy.name, policy);
    }
  }
}
