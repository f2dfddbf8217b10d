import { readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EdgeAddons } from '../../../charts/edge/edge-addons.ts';
import { eventually } from '../../../test/eventually.ts';
import { manifestsOf, theOnly } from '../../../test/manifests.ts';
import { planOf } from '../../../test/platform.ts';
import { Cluster, required } from '../cluster.ts';
import { CLIENTS, NODE_NETWORK } from '../control-plane.ts';
import { AUTHORITY_FILE, makeCertificate, PKI } from '../pki.ts';
import { environmentOf, fileOf } from '../platform.ts';
import { PRODUCTION, PRODUCTION_MS, runProduction } from '../production.ts';
import { record } from '../report.ts';

const production = environmentOf('production');
const { host, rateLimit } = production.edge;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

interface Asking {
  readonly path: string;
  /** Address of the machine from which the connection comes. */
  readonly from?: string | undefined;
  /** What a proxy says the client is. */
  readonly forwardedFor?: string;
  readonly plain?: boolean;
}

describe.skipIf(await required())('the entrance of production', () => {
  const cluster = new Cluster();
  const [alice, bob, carol] = CLIENTS;
  let traefik = '';
  let sent = 0;

  beforeAll(async () => {
    await cluster.up(console.log);
    await runProduction(cluster);
    await cluster.apply(fileOf('addons/production'));
    await makeCertificate({ name: 'entrance', subject: `/CN=${host}`, alternativeNames: `DNS:${host}` });
    const files = ['--cert', `${PKI}/entrance.crt`, '--key', `${PKI}/entrance.key`];
    await cluster.try('-n', PRODUCTION, 'create', 'secret', 'tls', 'quotes-tls', ...files);
    const pod = ['get', 'pod', '-l', 'controller=traefik', '-o', 'jsonpath={.items[0].status.podIP}'];
    traefik = await cluster.kubectl('-n', 'traefik', ...pod);
    await eventually(async () => expect((await ask({ path: '/health', from: carol })).status).toBe(200), {
      withinMs: 60_000,
    });
  }, PRODUCTION_MS);

  afterAll(() => cluster.apply(fileOf('addons/production')));

  function ask({ path, from = alice, forwardedFor, plain = false }: Asking): Promise<Answer> {
    sent += 1;
    const headers = { host, ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }) };
    const options = { host: traefik, path, headers, localAddress: from, agent: false, timeout: 10_000 };
    const secure = { ...options, port: 8443, servername: host, ca: readFileSync(AUTHORITY_FILE) };
    return new Promise((resolve, reject) => {
      const call = plain ? plainRequest({ ...options, port: 8000 }) : request(secure);
      call.on('response', (answer) => {
        answer.resume();
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }));
      });
      call.on('error', reject).on('timeout', () => call.destroy(new Error(`${path}: no answer within 10 s`)));
      call.end();
    });
  }

  it('serves each path from its service, with the certificate of the host and the security headers', async () => {
    const statuses = { '/': 200, '/quotes': 200, '/search?keyword=stays': 200, '/users': 401, '/browse': 200 };
    for (const [path, status] of Object.entries(statuses)) {
      const answer = await ask({ path, from: carol });
      expect([path, answer.status]).toEqual([path, status]);
      expect(answer.headers).toMatchObject({
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
    }
  });

  it('sends http:// to https://', async () => {
    const { status, headers } = await ask({ path: '/quotes?limit=1', plain: true, from: carol });
    expect([status, headers['location']]).toEqual([301, `https://${host}/quotes?limit=1`]);
  });

  /** Asks until the limit says no; at most twice the burst. */
  async function exhaust(client: Omit<Asking, 'path'>): Promise<number> {
    for (let asked = 1; asked <= 2 * (rateLimit?.burst ?? 0); asked += 1) {
      if ((await ask({ path: '/health', ...client })).status === 429) return asked;
    }
    throw new Error('nothing was limited');
  }

  it('limits each client by itself, whatever it says that it is', async () => {
    expect(await exhaust({ from: alice })).toBeGreaterThan(rateLimit?.burst ?? 0);
    expect((await ask({ path: '/health', from: bob })).status).toBe(200);
  });

  it('limits each client behind a trusted proxy by itself', async () => {
    const behind = { ...production, edge: { ...production.edge, trustedProxies: [`${NODE_NETWORK}.0.0/16`] } };
    const addons = manifestsOf((chart) => new EdgeAddons(chart, 'edge', planOf(behind)));
    // Applied and not patched: only so, applying the committed one takes it away again.
    const { metadata, ...middleware } = theOnly(addons, 'Middleware', 'rate-limit');
    await cluster.applyObject({ ...middleware, metadata: { ...Object(metadata), namespace: PRODUCTION } });
    const through = (forwardedFor: string) => ({ from: alice, forwardedFor });
    await eventually(async () => expect((await ask({ path: '/health', ...through('203.0.113.9') })).status).toBe(200), {
      withinMs: 30_000,
    });
    expect(await exhaust(through('203.0.113.1'))).toBeGreaterThan(rateLimit?.burst ?? 0);
    expect((await ask({ path: '/health', ...through('203.0.113.2') })).status).toBe(200);
    record({ test: 'entrance: routes, TLS, redirect, headers, limits', seconds: 0, requests: sent });
  });
});
