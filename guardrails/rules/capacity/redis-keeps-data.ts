import { dataClaim } from '../../redis-data.ts';
import { redisServers } from '../../redis-server.ts';
import type { Rule } from '../../rule.ts';

export const redisKeepsData: Rule = {
  id: 'redis-keeps-data',
  title: 'A Redis that has a claimed volume writes to it, and drops nothing of what it holds',
  rationale:
    'The volume is paid for and stays empty: the data is gone with the pod. Eviction drops acknowledged data while everything looks healthy.',
  severity: 'error',
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
