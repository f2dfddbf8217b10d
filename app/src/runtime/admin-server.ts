import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Counter, type Registry } from 'prom-client';
import { ADMIN_PATHS, METRICS } from '../../contract.ts';
import type { Readiness } from './readiness.ts';

/** What one metric is given to be collected: a file system that hangs must not take the others with it. */
const COLLECT_WITHIN_MS = 2_000;

export interface AdminProps {
  readonly registry: Registry;
  readonly readiness: () => Readiness;
}

/**
 * Metrics and probes, on a port that nothing routes to from outside. Bare node:http: it must answer when all else is overloaded.
 * Liveness says only that the event loop turns; it never depends on Redis, or an outage there would restart every pod.
 */
export function adminHandler({ registry, readiness }: AdminProps): RequestListener {
  const scrape = scraper(registry);
  return (req, res) => {
    const path = (req.url ?? '').split('?', 1)[0];
    if (!isRead(req)) {
      res.setHeader('Allow', 'GET, HEAD');
      return send(res, 405, 'text/plain', 'use GET\n');
    }
    if (path === ADMIN_PATHS.live) return send(res, 200, 'text/plain', 'ok\n');
    if (path === ADMIN_PATHS.ready) return sendReadiness(res, readiness());
    if (path === ADMIN_PATHS.metrics) return void sendMetrics(res, scrape, registry.contentType);
    return send(res, 404, 'text/plain', `try ${Object.values(ADMIN_PATHS).join(', ')}\n`);
  };
}

function isRead(req: IncomingMessage): boolean {
  return req.method === 'GET' || req.method === 'HEAD';
}

function sendReadiness(res: ServerResponse, state: Readiness): void {
  if (state.ready) send(res, 200, 'text/plain', 'ready\n');
  else send(res, 503, 'text/plain', `${state.reason}\n`);
}

async function sendMetrics(res: ServerResponse, scrape: () => Promise<string>, type: string): Promise<void> {
  try {
    send(res, 200, type, await scrape());
  } catch (error) {
    send(res, 500, 'text/plain', `metrics could not be collected: ${String(error)}\n`);
  }
}

function send(res: ServerResponse, status: number, type: string, body: string): void {
  res.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  res.end(res.req.method === 'HEAD' ? undefined : body);
}

/** Collects each metric by itself: one that fails is left out and counted, and the scrape lives. */
export function scraper(registry: Registry): () => Promise<string> {
  const failures = new Counter({
    name: METRICS.collectFailures,
    help: 'Metrics that could not be collected for a scrape.',
    labelNames: ['metric'],
    registers: [registry],
  });
  return async () => {
    const names = registry
      .getMetricsAsArray()
      .map(({ name }) => name)
      .filter((name) => name !== METRICS.collectFailures);
    const texts = await Promise.all(
      names.map((name) =>
        inTime(registry.getSingleMetricAsString(name)).catch(() => {
          failures.inc({ metric: name });
          return '';
        }),
      ),
    );
    // Last, so that what failed in this scrape is told by it.
    texts.push(await registry.getSingleMetricAsString(METRICS.collectFailures));
    return `${texts.filter((text) => text !== '').join('\n\n')}\n`;
  };
}

async function inTime<T>(value: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('not collected in time')), COLLECT_WITHIN_MS);
  });
  return await Promise.race([value, late]).finally(() => clearTimeout(timer));
}
