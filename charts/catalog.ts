import type { ServiceSpec } from './plan/service-spec.ts';
import { koaService, SEARCH_METRICS } from './services/koa-service.ts';

/**
 * Every service of the platform, in the order in which they appear in dist/, diagrams and dashboards.
 * Measured: CPU in bench/results.md; memory, by the image's Node, in docs/explanation/performance.md.
 */
export const catalog: readonly ServiceSpec[] = [
  koaService({
    name: 'front',
    description: 'Server-rendered pages: health, browse, search, add and delete quotes',
    measured: { cpuMillisPer1000: 700, idleMemoryMiB: 72 },
  }),
  koaService({
    name: 'users',
    description: 'Accounts behind the admin key; passwords hashed with argon2id',
    measured: { cpuMillisPer1000: 200, idleMemoryMiB: 66 },
  }),
  koaService({
    name: 'quotes',
    description: 'Quotes by id, at random and page by page; writes behind the admin key',
    measured: { cpuMillisPer1000: 200, idleMemoryMiB: 66 },
  }),
  koaService({
    name: 'search',
    description: 'Ranked, accent- and case-insensitive search over an index in memory that follows the quotes',
    measured: { cpuMillisPer1000: 330, idleMemoryMiB: 90 },
    // A million quotes are indexed 6.5 s after the start of the process (bench/million.ts); a slow node gets nine times that.
    startupSeconds: 60,
    metrics: SEARCH_METRICS,
  }),
];
