import { PORTS } from '../../app/contract.ts';
import { selectorLabels } from '../constructs/labels.ts';
import { addressText, type TrafficRule, toAddresses } from '../constructs/traffic-policy.ts';
import type { Environment } from '../environments/environment.ts';
import { REDIS_NAMES } from './shape.ts';

/** What a client of Redis may reach: the servers and, where they fail over, the Sentinels that know the primary. */
export function redisClientTraffic({ redis, namespace }: Environment): TrafficRule[] {
  if (redis.kind === 'external') return toAddresses(redis.addresses);
  const to = (name: string, port: number): TrafficRule => ({
    peers: [{ kind: 'pods', labels: selectorLabels(name, namespace) }],
    ports: [port],
  });
  return [
    to(REDIS_NAMES.servers, PORTS.redis),
    ...(redis.kind === 'sentinel' ? [to(REDIS_NAMES.sentinels, PORTS.sentinel)] : []),
  ];
}

/** The same as what a workload declares to the guardrails: a client finds the servers through the Sentinels, and no URL of its own shows them. */
export function redisClientCalls({ redis }: Environment): string {
  if (redis.kind === 'external') return addressText(redis.addresses);
  const servers = `${REDIS_NAMES.servers}:${PORTS.redis}`;
  return redis.kind === 'sentinel' ? `${servers}, ${REDIS_NAMES.sentinels}:${PORTS.sentinel}` : servers;
}
