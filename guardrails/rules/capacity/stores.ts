import { WORKLOAD } from '../../annotations.ts';
import { commandWords, variablesOf } from '../../config-text.ts';
import { exceeds, podCount } from '../../demand.ts';
import type { Platform } from '../../platform.ts';
import { formatBytes } from '../../quantity.ts';
import { dataClaim, dataFolder, redisBytes, redisServers } from '../../redis.ts';
import { each, eachContainer, rules } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

/** What Redis admits when its configuration says nothing. */
const DEFAULT_MAXCLIENTS = 10_000;
/** The share of a container's memory that Redis' data may take: the rest is for the copy of a fork, buffers and fragmentation. */
const DATA_SHARE = 0.75;
/** While Redis rewrites its append-only file, the old and the new one are on the disk. */
const FILES_DURING_REWRITE = 2;
/** The share of a container's memory that Node's old generation may take: the rest is for the young one, buffers, code and the stack. */
const HEAP_SHARE = 0.8;
const PERSISTENCE = 'https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/';

export const storesRules = rules({
  'connections-fit-store': {
    title: 'A Redis admits the connections that all its clients may hold at their peak',
    rationale: 'Redis closes each connection above maxclients: at the ceiling the newest pods never become ready.',
    docs: 'https://redis.io/docs/latest/develop/reference/clients/#maximum-concurrent-connected-clients',
    *check(platform) {
      const clients = platform.workloads.flatMap((workload) => [...poolsOf(platform, workload)]);
      for (const server of redisServers(platform)) {
        const held = clients.filter(({ stores }) => stores.includes(server.workload));
        const sum = held.reduce((connections, { pods, each }) => connections + pods * each, 0);
        const declared = server.directive('maxclients');
        const bound = Number(declared?.value ?? DEFAULT_MAXCLIENTS);
        if (!(sum > bound)) continue;
        const sums = held.map(({ workload, pods, each }) => `${workload.name} ${pods} x ${each}`);
        const message = `clients may hold ${sums.join(' + ')} = ${sum} connections > maxclients ${bound}`;
        const fix = 'Raise maxclients, or lower the ceilings of the clients or what one of their pods holds.';
        yield { at: declared?.at ?? server.container.field, message, fix };
      }
    },
  },
  'redis-keeps-data': {
    title: 'A Redis that has a claimed volume writes to it, and drops nothing of what it holds',
    rationale: 'The volume stays empty and the data is gone with the pod; eviction drops acknowledged data unseen.',
    docs: PERSISTENCE,
    check: each(redisServers, function* (server, platform) {
      const claim = dataClaim(platform, server);
      const [file, snapshots] = [server.directive('appendonly'), server.directive('save')];
      const policy = server.directive('maxmemory-policy');
      const isOwn = platform.environmentOf(server.workload.namespace) !== undefined;
      if (claim && file?.value !== 'yes' && snapshots && /^(""|'')?$/.test(snapshots.value)) {
        const message = `has claim ${claim.name} for its data, but writes nothing: appendonly is ${file?.value ?? 'no'} and save is empty`;
        const fix = 'Set appendonly to yes, or remove the claim.';
        yield { at: file?.at ?? snapshots.at, message, fix, elsewhere: 'warning' };
      } else if (claim && isOwn && policy && /^"?allkeys-/.test(policy.value)) {
        const message = `maxmemory-policy ${policy.value} drops any key when memory is full, though claim ${claim.name} is there to keep them`;
        yield { at: policy.at, message, fix: 'Set maxmemory-policy to noeviction.' };
      }
    }),
  },
  'redis-memory-fits': {
    title: "Redis's maxmemory leaves room in its container's limit",
    rationale: 'maxmemory counts data alone. Without room beside it the kernel kills Redis before it refuses a write.',
    docs: 'https://redis.io/docs/latest/develop/reference/eviction/#maxmemory-configuration-directive',
    check: each(redisServers, function* ({ container, directive }) {
      const limit = container.limit('memory');
      const declared = directive('maxmemory');
      const data = redisBytes(declared?.value);
      if (limit === undefined || (data && !exceeds(data, limit * DATA_SHARE))) return;
      const most = formatBytes(Math.floor(limit * DATA_SHARE));
      if (declared && data) {
        const message = `maxmemory ${formatBytes(data)} is more than three quarters of the container's limit ${formatBytes(limit)}`;
        const fix = `Lower maxmemory to ${most} at most, or raise resources.limits.memory.`;
        return yield { at: declared.at, message, fix, severity: data >= limit ? 'error' : 'warning' };
      }
      const at = container.field.at('resources', 'limits', 'memory');
      const message = `Redis has no maxmemory, so it grows until the limit of ${formatBytes(limit)} kills it`;
      yield { at, message, fix: `Set maxmemory to ${most} at most.`, elsewhere: 'note' };
    }),
  },
  'persistence-has-volume': {
    title: 'A Redis that keeps an append-only file keeps it on a claimed volume that is large enough',
    rationale: 'What is written to the container or to an emptyDir is gone with the pod: the persistence is on paper.',
    docs: PERSISTENCE,
    check: each(redisServers, function* (server, platform) {
      const appendOnly = server.directive('appendonly');
      const claim = dataClaim(platform, server);
      if (appendOnly?.value === 'yes' && !claim) {
        const message = `appendonly is yes, but ${dataFolder(server)} of container ${server.container.name} is on no claimed volume that it may write to`;
        const fix = 'Mount a volume from a claim (volumeClaimTemplates) there, or set appendonly to no.';
        yield { at: appendOnly.at, message, fix, elsewhere: 'warning' };
      }
      const data = redisBytes(server.directive('maxmemory')?.value) ?? 0;
      const isTooSmall = claim && claim.bytes > 0 && exceeds(data * FILES_DURING_REWRITE, claim.bytes);
      if (appendOnly?.value !== 'yes' || !claim || !isTooSmall) return;
      const message = `claim ${claim.name} has ${formatBytes(claim.bytes)}, but maxmemory ${formatBytes(data)} needs twice that while the append-only file is rewritten`;
      const fix = `Raise the claim to ${formatBytes(data * FILES_DURING_REWRITE)} at least, or lower maxmemory.`;
      yield { at: claim.spec.at('resources', 'requests', 'storage'), message, fix };
    }),
  },
  'node-heap-fits': {
    title: "Node's heap limit leaves room in its container's limit",
    rationale: 'Above the limit the kernel kills the process before Node collects garbage or reports its heap full.',
    docs: 'https://nodejs.org/api/cli.html#--max-old-space-sizesize-in-mib',
    check: eachContainer(function* (container, platform) {
      const limit = container.limit('memory');
      const options = variablesOf(platform, container).filter(({ name }) => name === 'NODE_OPTIONS');
      const words = [...options.map(({ value: word, at }) => ({ word, at })), ...commandWords(container)];
      for (const { word, at } of limit === undefined ? [] : words) {
        const heap = Number(/--max[-_]old[-_]space[-_]size[= ](\d+)/.exec(word)?.[1] ?? 0) * 2 ** 20;
        const most = (limit ?? 0) * HEAP_SHARE;
        if (!exceeds(heap, most)) continue;
        const message = `a heap of ${formatBytes(heap)} is more than four fifths of the limit ${formatBytes(limit ?? 0)} of container ${container.name}`;
        const lower = Math.floor(most / 2 ** 20);
        yield { at, message, fix: `Lower --max-old-space-size to ${lower}, or raise resources.limits.memory.` };
      }
    }),
  },
});

/** The connections that a workload says its pods hold, and the stores at their other end. */
function* poolsOf(platform: Platform, workload: Workload) {
  for (const entry of (workload.resource.annotations[WORKLOAD.poolSizes] ?? '').split(',')) {
    const [target = '', count] = entry.split('=').map((part) => part.trim());
    const [name = '', namespace = workload.namespace] = target.split('.');
    const service = platform.find('Service', namespace, name);
    const stores = service ? platform.selectedBy(service) : [];
    yield { workload, stores, pods: podCount(platform, workload).peak, each: Number(count ?? 0) };
  }
}
