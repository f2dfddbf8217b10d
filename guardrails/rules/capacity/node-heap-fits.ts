import { commandWords, variablesOf } from '../../config-text.ts';
import { exceeds } from '../../demand.ts';
import { formatBytes } from '../../quantity.ts';
import type { Rule } from '../../rule.ts';

const FLAG = /--max[-_]old[-_]space[-_]size[= ](\d+)/;
/** The share of a container's memory that the old generation may take: the rest is for the young one, buffers, code and the stack. */
const HEAP_SHARE = 0.8;

export const nodeHeapFits: Rule = {
  id: 'node-heap-fits',
  title: "Node's heap limit leaves room in its container's limit",
  rationale:
    'Above the container’s limit the kernel kills the process without a word, before Node would have collected garbage or reported its heap full.',
  severity: 'error',
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
