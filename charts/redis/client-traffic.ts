import { PORTS } from '../../app/contract.ts';
import { selectorLabels } from '../constructs/labels.ts';
import { type TrafficRule, toAddresses } from '../constructs/traffic-policy.ts';
import type { Environment } from '../environments/environment.ts';

/** What a client of Redis may reach: the servers and, where they fail over, the Sentinels that know the primary. */
export function redisClientTraffic({ redis, namespace }: Environment): TrafficRule[] {
  if (redis.kind === 'external') return toAddresses(redis.addresses);
  const ports = redis.kind === 'sentinel' ? [PORTS.redis, PORTS.sentinel] : [PORTS.redis];
  return [{ peers: [{ kind: 'pods', labels: selectorLabels('redis', namespace) }], ports }];
}
