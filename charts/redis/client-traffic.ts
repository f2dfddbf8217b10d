import { PORTS } from '../../app/contract.ts';
import type { Environment } from '../environments/environment.ts';
import { REDIS_NAMES } from './shape.ts';

/** What a client of the store declares to the guardrails: it finds the servers through the Sentinels, and no URL of its own shows them. */
export function redisClientCalls({ redis }: Environment): string {
  if (redis.kind === 'external') return '';
  const servers = `${REDIS_NAMES.servers}:${PORTS.redis}`;
  return redis.kind === 'sentinel' ? `${servers}, ${REDIS_NAMES.sentinels}:${PORTS.sentinel}` : servers;
}
