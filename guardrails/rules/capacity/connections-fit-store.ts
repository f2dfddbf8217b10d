import { WORKLOAD } from '../../annotations.ts';
import type { Platform } from '../../platform.ts';
import { podCount } from '../../pod-count.ts';
import { redisServers } from '../../redis-server.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

/** What Redis admits when its configuration says nothing. */
const DEFAULT_MAXCLIENTS = 10_000;

export const connectionsFitStore: Rule = {
  id: 'connections-fit-store',
  title: 'A Redis admits the connections that all its clients may hold at their peak',
  rationale:
    'Redis closes each connection above maxclients: at the ceiling of the autoscalers the newest pods never become ready.',
  severity: 'error',
  docs: 'https://redis.io/docs/latest/develop/reference/clients/#maximum-concurrent-connected-clients',
  *check(platform) {
    const clients = readClients(platform);
    for (const server of redisServers(platform)) {
      const held = clients.filter(({ stores }) => stores.includes(server.workload));
      const sum = held.reduce((connections, { pods, each }) => connections + pods * each, 0);
      const declared = server.directive('maxclients');
      const bound = Number(declared?.value ?? DEFAULT_MAXCLIENTS);
      if (!(sum > bound)) continue;
      const sums = held.map(({ workload, pods, each }) => `${workload.name} ${pods} x ${each}`);
      yield {
        at: declared?.at ?? server.container.field,
        message: `clients may hold ${sums.join(' + ')} = ${sum} connections > maxclients ${bound}`,
        fix: 'Raise maxclients, or lower the ceilings of the clients or what one of their pods holds.',
      };
    }
  },
};

interface Client {
  readonly workload: Workload;
  readonly stores: readonly Workload[];
  readonly pods: number;
  readonly each: number;
}

function readClients(platform: Platform): readonly Client[] {
  return platform.workloads.flatMap((workload) => {
    const declared = (workload.resource.annotations[WORKLOAD.poolSizes] ?? '').split(',');
    return declared.flatMap((entry) => {
      const [target, count] = entry.split('=').map((part) => part.trim());
      const [name, namespace] = (target ?? '').split('.');
      const service = platform.find('Service', namespace ?? workload.namespace, name ?? '');
      const stores = service ? platform.selectedBy(service) : [];
      return { workload, stores, pods: podCount(platform, workload).peak, each: Number(count ?? 0) };
    });
  });
}
