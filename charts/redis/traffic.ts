import { PORTS } from '../../app/contract.ts';
import { selectorLabels } from '../constructs/labels.ts';
import { DNS, type TrafficPeer, type TrafficRule, toAddresses } from '../constructs/traffic-policy.ts';
import type { Environment } from '../environments/environment.ts';
import { scraperOf } from '../monitoring/scraper.ts';
import type { ServiceSpec } from '../services/service.ts';
import { redisClientTraffic } from './client-traffic.ts';
import { backupOf, REDIS_NAMES } from './shape.ts';

/** Ingress and egress of one of the store's workloads. */
export interface StoreTraffic {
  readonly name: string;
  readonly ingress: readonly TrafficRule[];
  readonly egress: readonly TrafficRule[];
}

/** Who may speak to whom, derived from the declared edges: the clients are the services whose `calls` names redis. */
export function storeTraffic(environment: Environment, catalog: readonly ServiceSpec[]): StoreTraffic[] {
  const { redis, namespace } = environment;
  if (redis.kind === 'external') return [];
  const pods = (name: string): TrafficPeer => ({ kind: 'pods', labels: selectorLabels(name, namespace) });
  const clients = catalog.filter(({ calls }) => calls.includes('redis')).map(({ name }) => pods(name));
  const backup = backupOf(redis);
  const jobs = backup === null ? [] : [pods(REDIS_NAMES.backup), pods(REDIS_NAMES.restore)];
  const toRepository = backup?.target.kind === 's3' ? toAddresses(backup.target.addresses) : [];
  const group = redis.kind === 'sentinel' ? [pods(REDIS_NAMES.servers), pods(REDIS_NAMES.sentinels)] : [];
  const peers = [...clients, ...group, ...jobs];
  const toStore = [DNS, ...redisClientTraffic(environment)];
  return [
    {
      name: REDIS_NAMES.servers,
      ingress: [{ peers, ports: [PORTS.redis] }, ...scraped(environment)],
      // A single server calls nobody: not even names.
      egress: redis.kind === 'sentinel' ? toStore : [],
    },
    ...(redis.kind === 'sentinel'
      ? [{ name: REDIS_NAMES.sentinels, ingress: [{ peers, ports: [PORTS.sentinel] }], egress: toStore }]
      : []),
    ...(jobs.length === 0
      ? []
      : [REDIS_NAMES.backup, REDIS_NAMES.restore].map((name) => ({
          name,
          ingress: [],
          egress: [...toStore, ...toRepository],
        }))),
  ];
}

function scraped(environment: Environment): TrafficRule[] {
  const scraper = scraperOf(environment);
  return scraper === null ? [] : [{ peers: [{ kind: 'peer', ...scraper }], ports: [PORTS.redisExporter] }];
}
