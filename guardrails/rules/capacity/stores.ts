import { WORKLOAD } from '../../annotations.ts';
import { commandWords, variablesOf } from '../../config-text.ts';
import { exceeds, podCount } from '../../demand.ts';
import type { Platform } from '../../platform.ts';
import { formatBytes } from '../../quantity.ts';
import { dataClaim, redisBytes, redisServers } from '../../redis.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

/** What Redis admits when its configuration says nothing. */
const DEFAULT_MAXCLIENTS = 10_000;

const connectionsFitStore: Rule = {
  id: 'connections-fit-store',
  title: 'A Redis admits the connections that all its clients may hold at their peak',
  rationale:
    'Redis closes each connection above maxclients: at the ceiling of the autoscalers the newest pods never become ready.',
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

const redisKeepsData: Rule = {
  id: 'redis-keeps-data',
  title: 'A Redis that has a claimed volume writes to it, and drops nothing of what it holds',
  rationale:
    'The volume is paid for and stays empty: the data is gone with the pod. Eviction drops acknowledged data while everything looks healthy.',
  docs: 'https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/',
  *check(platform) {
    for (const server of redisServers(platform)) {
      const claim = dataClaim(platform, server);
      if (!claim) continue;
      const own = platform.environmentOf(server.workload.namespace) !== undefined;
      const [file, snapshots, policy] = ['appendonly', 'save', 'maxmemory-policy'].map((name) =>
        server.directive(name),
      );
      if (file?.value !== 'yes' && snapshots && /^(""|'')?$/.test(snapshots.value)) {
        yield {
          at: file?.at ?? snapshots.at,
          message: `has claim ${claim.name} for its data, but writes nothing: appendonly is ${file?.value ?? 'no'} and save is empty`,
          fix: 'Set appendonly to yes, or remove the claim.',
          severity: own ? 'error' : 'warning',
        };
      } else if (own && policy && /^"?allkeys-/.test(policy.value)) {
        yield {
          at: policy.at,
          message: `maxmemory-policy ${policy.value} drops any key when memory is full, though claim ${claim.name} is there to keep them`,
          fix: 'Set maxmemory-policy to noeviction.',
        };
      }
    }
  },
};

/** The share of a container's memory that data may take: the rest is for the copy of a fork, buffers and fragmentation. */
const DATA_SHARE = 0.75;

const redisMemoryFits: Rule = {
  id: 'redis-memory-fits',
  title: "Redis's maxmemory leaves room in its container's limit",
  rationale:
    'maxmemory counts data alone. Without room for forks, buffers and fragmentation the kernel kills Redis before it refuses a write.',
  docs: 'https://redis.io/docs/latest/develop/reference/eviction/#maxmemory-configuration-directive',
  *check(platform) {
    for (const { workload, container, directive } of redisServers(platform)) {
      const limit = container.limit('memory');
      const declared = directive('maxmemory');
      const data = redisBytes(declared?.value);
      if (limit === undefined) continue;
      if (declared && data !== undefined && data > 0) {
        if (!exceeds(data, limit * DATA_SHARE)) continue;
        yield {
          at: declared.at,
          message: `maxmemory ${formatBytes(data)} is more than three quarters of the container's limit ${formatBytes(limit)}`,
          fix: `Lower maxmemory to ${formatBytes(Math.floor(limit * DATA_SHARE))} at most, or raise resources.limits.memory.`,
          severity: data >= limit ? 'error' : 'warning',
        };
      } else {
        yield {
          at: container.field.at('resources', 'limits', 'memory'),
          message: `Redis has no maxmemory, so it grows until the limit of ${formatBytes(limit)} kills it`,
          fix: `Set maxmemory to ${formatBytes(Math.floor(limit * DATA_SHARE))} at most.`,
          severity: platform.environmentOf(workload.namespace) ? 'error' : 'note',
        };
      }
    }
  },
};

const FLAG = /--max[-_]old[-_]space[-_]size[= ](\d+)/;
/** The share of a container's memory that the old generation may take: the rest is for the young one, buffers, code and the stack. */
const HEAP_SHARE = 0.8;

const nodeHeapFits: Rule = {
  id: 'node-heap-fits',
  title: "Node's heap limit leaves room in its container's limit",
  rationale:
    'Above the container’s limit the kernel kills the process without a word, before Node would have collected garbage or reported its heap full.',
  docs: 'https://nodejs.org/api/cli.html#--max-old-space-sizesize-in-mib',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const container of workload.containers) {
        const limit = container.limit('memory');
        const options = variablesOf(platform, workload, container).filter(({ name }) => name === 'NODE_OPTIONS');
        const places = [
          ...options.map(({ value, at }) => ({ text: value, at })),
          ...commandWords(container).map(({ word, at }) => ({ text: word, at })),
        ];
        for (const { text, at } of places) {
          const heap = Number(FLAG.exec(text)?.[1] ?? 0) * 2 ** 20;
          if (limit === undefined || !exceeds(heap, limit * HEAP_SHARE)) continue;
          yield {
            at,
            message: `a heap of ${formatBytes(heap)} is more than four fifths of the limit ${formatBytes(limit)} of container ${container.name}`,
            fix: `Lower --max-old-space-size to ${Math.floor((limit * HEAP_SHARE) / 2 ** 20)}, or raise resources.limits.memory.`,
          };
        }
      }
    }
  },
};

export const storesRules: readonly Rule[] = [connectionsFitStore, redisKeepsData, redisMemoryFits, nodeHeapFits];
