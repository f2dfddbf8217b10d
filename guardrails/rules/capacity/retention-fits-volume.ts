import { commandWords } from '../../config-text.ts';
import { exceeds } from '../../demand.ts';
import { formatBytes } from '../../quantity.ts';
import { redisBytes } from '../../redis-server.ts';
import type { Rule } from '../../rule.ts';
import { claimOfVolume } from '../../storage-claims.ts';

const FLAG = /^--storage\.tsdb\.retention\.size=(.+)$/;

export const retentionFitsVolume: Rule = {
  id: 'retention-fits-volume',
  title: 'What Prometheus may keep fits the volume that it keeps it on',
  rationale:
    'Prometheus drops old blocks by size only below the size of its disk: above it the disk fills and it stops recording, alerts included.',
  severity: 'error',
  docs: 'https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const container of workload.running) {
        for (const { word, at } of commandWords(container)) {
          const kept = redisBytes(FLAG.exec(word)?.[1]);
          if (kept === undefined) continue;
          const claims = container.field
            .at('volumeMounts')
            .items.flatMap((mount) => claimOfVolume(platform, workload, mount.at('name').text ?? '') ?? []);
          const [claim] = claims;
          if (!claim || !exceeds(kept, claim.bytes)) continue;
          yield {
            at,
            message: `retention of ${formatBytes(kept)} does not fit claim ${claim.name} of ${formatBytes(claim.bytes)}`,
            fix: 'Lower --storage.tsdb.retention.size below the size of the claim, or raise the claim.',
          };
        }
      }
    }
  },
};
