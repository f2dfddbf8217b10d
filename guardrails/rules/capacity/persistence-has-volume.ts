import { exceeds } from '../../demand.ts';
import { formatBytes } from '../../quantity.ts';
import { dataClaim, dataFolder } from '../../redis-data.ts';
import { redisBytes, redisServers } from '../../redis-server.ts';
import type { Rule } from '../../rule.ts';

/** While Redis rewrites its append-only file, the old and the new one are on the disk. */
const FILES_DURING_REWRITE = 2;

export const persistenceHasVolume: Rule = {
  id: 'persistence-has-volume',
  title: 'A Redis that keeps an append-only file keeps it on a claimed volume that is large enough',
  rationale:
    'What is written to the container or to an emptyDir is gone with the pod: the persistence is only on paper.',
  severity: 'error',
  docs: 'https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/',
  *check(platform) {
    for (const server of redisServers(platform)) {
      const appendOnly = server.directive('appendonly');
      if (appendOnly?.value !== 'yes') continue;
      const claim = dataClaim(platform, server);
      const own = platform.environmentOf(server.workload.namespace) !== undefined;
      if (!claim) {
        yield {
          at: appendOnly.at,
          message: `appendonly is yes, but ${dataFolder(server)} of container ${server.container.name} is on no claimed volume that it may write to`,
          fix: 'Mount a volume from a claim (volumeClaimTemplates) there, or set appendonly to no.',
          severity: own ? 'error' : 'warning',
        };
        continue;
      }
      const data = redisBytes(server.directive('maxmemory')?.value) ?? 0;
      if (claim.bytes === 0 || !exceeds(data * FILES_DURING_REWRITE, claim.bytes)) continue;
      yield {
        at: claim.spec.at('resources', 'requests', 'storage'),
        message: `claim ${claim.name} has ${formatBytes(claim.bytes)}, but maxmemory ${formatBytes(data)} needs twice that while the append-only file is rewritten`,
        fix: `Raise the claim to ${formatBytes(data * FILES_DURING_REWRITE)} at least, or lower maxmemory.`,
      };
    }
  },
};
