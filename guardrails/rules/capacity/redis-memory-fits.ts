import { exceeds } from '../../demand.ts';
import { formatBytes } from '../../quantity.ts';
import { redisBytes, redisServers } from '../../redis-server.ts';
import type { Rule } from '../../rule.ts';

/** The share of a container's memory that data may take: the rest is for the copy of a fork, buffers and fragmentation. */
const DATA_SHARE = 0.75;

export const redisMemoryFits: Rule = {
  id: 'redis-memory-fits',
  title: "Redis's maxmemory leaves room in its container's limit",
  rationale:
    'maxmemory counts data alone. Without room for forks, buffers and fragmentation the kernel kills Redis before it refuses a write.',
  severity: 'error',
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
