import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, type Dispatcher, request } from 'undici';
import { ENV } from '../app/contract.ts';
import { Certificates } from '../test/certificates.ts';
import { findProgram } from '../test/requires.ts';
import { startContender } from './contenders.ts';
import { loadStore } from './lab/load-store.ts';
import { median } from './lab/median.ts';
import { startRedis } from './lab/redis.ts';
import { freePort } from './lab/server.ts';

/** What one way of speaking costs the service that is asked, medians over the rounds. */
export interface TlsCost {
  readonly label: string;
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

export interface InternalTlsProps {
  readonly seconds: number;
  readonly rounds: number;
}

interface Asked {
  readonly label: string;
  readonly env: Readonly<Record<string, string>>;
  readonly tls: boolean;
  /** Requests on one connection. @default - as many as come */
  readonly reset?: true;
}

const CONNECTIONS = 50;

/** Takes every line that is posted, and counts their bytes. */
async function startLogStore() {
  let bytes = 0;
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on('end', () => response.writeHead(204).end());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/insert/jsonline`;
  return { url, bytes: () => bytes, stop: () => server.close() };
}

/** Reads of one quote in plain text, with its lines posted to a log store and with TLS inside, contender after contender in every round, from one client of this process. */
export async function internalTlsCosts({ seconds, rounds }: InternalTlsProps): Promise<TlsCost[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-tls-'));
  const certificates = new Certificates(join(folder, 'certificates'), {
    openssl: findProgram('openssl') ?? 'openssl',
    alternativeNames: 'DNS:localhost,IP:127.0.0.1',
  });
  const port = await freePort();
  const redis = await startRedis(tlsPort(port, certificates.folderOf('redis')));
  const own = { TLS_DIR: certificates.folderOf('quotes') };
  const store = { REDIS_TLS: 'true', REDIS_URL: `redis://127.0.0.1:${port}/0` };
  const logStore = await startLogStore();
  const cases: readonly Asked[] = [
    { label: 'plain text', env: {}, tls: false },
    { label: 'plain text, log lines posted to a store', env: { [ENV.logsUrl]: logStore.url }, tls: false },
    { label: 'TLS from the client', env: own, tls: true },
    { label: 'TLS from the client and to the store', env: { ...own, ...store }, tls: true },
    { label: 'plain text, a connection for each request', env: {}, tls: false, reset: true },
    { label: 'TLS from the client, a connection for each request', env: own, tls: true, reset: true },
  ];
  await loadStore(redis.url, 10_000, ['ours']);
  const running = [];
  for (const asked of cases)
    running.push({ asked, server: await startContender('ours', { redisUrl: redis.url, env: asked.env }) });
  const samples = new Map(cases.map(({ label }) => [label, [] as Omit<TlsCost, 'label'>[]]));
  try {
    for (let round = 0; round <= rounds; round += 1) {
      for (const { asked, server } of running) {
        const dispatcher = new Agent({ connections: CONNECTIONS, ...(asked.tls && { connect: certificates.client }) });
        const url = asked.tls ? server.url.replace('http:', 'https:') : server.url;
        const before = server.cpuSeconds();
        const done = await load({ url, dispatcher, seconds, reset: asked.reset === true });
        const sample = { perSecond: done / seconds, perCpuSecond: done / (server.cpuSeconds() - before) };
        await dispatcher.close();
        // The first round warms up.
        if (round > 0) samples.get(asked.label)?.push(sample);
      }
    }
  } finally {
    await Promise.all(running.map(({ server }) => server.stop()));
    logStore.stop();
    await redis.stop();
    certificates.authority.remove();
    rmSync(folder, { recursive: true });
  }
  if (logStore.bytes() < 1e6) throw new Error(`the log store was posted ${logStore.bytes()} bytes alone`);
  return cases.map(({ label }) => {
    const found = samples.get(label) ?? [];
    return {
      label,
      perSecond: median(found.map(({ perSecond }) => perSecond)),
      perCpuSecond: median(found.map(({ perCpuSecond }) => perCpuSecond)),
    };
  });
}

function tlsPort(port: number, folder: string): string[] {
  const file = (name: string) => join(folder, name);
  const files = ['--tls-cert-file', file('tls.crt'), '--tls-key-file', file('tls.key')];
  return ['--tls-port', String(port), ...files, '--tls-ca-cert-file', file('ca.crt')];
}

interface Load {
  readonly url: string;
  readonly dispatcher: Dispatcher;
  readonly seconds: number;
  readonly reset: boolean;
}

/** Requests one after the other on each connection. @returns how many were answered with 200 */
async function load({ url, dispatcher, seconds, reset }: Load): Promise<number> {
  const end = performance.now() + seconds * 1_000;
  let done = 0;
  let next = 0;
  const worker = async () => {
    while (performance.now() < end) {
      next += 1;
      const id = `q${String((next * 7_919) % 10_000).padStart(7, '0')}`;
      const { statusCode, body } = await request(`${url}/quotes/${id}`, { dispatcher, reset });
      await body.dump();
      if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return done;
}
