import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLoop, quantile } from '../../bench/lab/open-loop.ts';
import { urlsOf } from '../../test/run-app.ts';
import { bundleApp, ServiceProcess } from '../../test/service-process.ts';
import { countStatuses } from './load.ts';

/** Accepts every connection and never answers: the worst that a called service can do. */
function startHanging(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer(() => undefined);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

describe('the front, when a service that it calls hangs', () => {
  let hanging: Server;
  let front: ServiceProcess;

  beforeAll(async () => {
    hanging = await startHanging();
    const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`;
    // Nobody answers where its store should be either.
    const env = { ...urlsOf('front', () => url), REDIS_URL: 'redis://127.0.0.1:1', DRAIN_SECONDS: '0' };
    front = await ServiceProcess.start({ service: 'front', program: await bundleApp(), env });
  });
  afterAll(async () => {
    await front?.end('SIGTERM');
    hanging?.closeAllConnections();
    hanging?.close();
  });

  it('answers every page, and soon at once: the circuit opens', async () => {
    const arrivals = await openLoop({
      rate: 50,
      seconds: 10,
      next: () => ({ method: 'GET', url: `${front.url}/`, headers: { accept: 'text/html' } }),
    });
    expect(Object.keys(countStatuses(arrivals)).every((status) => ['200', '503'].includes(status))).toBe(true);
    expect(quantile(arrivals, 1)).toBeLessThan(6_000);
    expect(quantile(arrivals.slice(-100), 0.5)).toBeLessThan(500);
  });
});
