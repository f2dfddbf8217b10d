import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority, type Identity, mountIdentity, serialAt } from '../test/certificates.ts';
import { eventually } from '../test/eventually.ts';
import { requireProgram } from '../test/requires.ts';
import { runApp, type TestApp } from '../test/run-app.ts';

const openssl = requireProgram('openssl');

describe.skipIf(openssl === undefined)('a service with TLS inside', () => {
  let authority: Authority;
  let stranger: Authority;
  let quotes: TestApp;
  let front: TestApp;
  const folders = { quotes: '', front: '' };

  beforeAll(async () => {
    authority = new Authority(openssl ?? '');
    stranger = new Authority(openssl ?? '');
    for (const name of ['quotes', 'front'] as const) {
      folders[name] = mkdtempSync(join(tmpdir(), `tls-${name}-`));
      mountIdentity(folders[name], authority.issue({ name }));
    }
    const redis = `emulated-${Math.random()}`;
    quotes = await runApp({ service: 'quotes', redis, env: { TLS_DIR: folders.quotes, SEED: 'true' } });
    const env = { TLS_DIR: folders.front, QUOTES_URL: quotes.url };
    front = await runApp({ service: 'front', redis, env });
  });
  afterAll(async () => {
    await front?.stop();
    await quotes?.stop();
    for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true });
    authority?.remove();
    stranger?.remove();
  });

  /** The status of one request on a connection of its own; rejects where the server does not take the connection. */
  const ask = async (url: string, shown: Partial<Identity> & Pick<Identity, 'ca'>, path = '/health') => {
    const dispatcher = new Agent({ connect: shown });
    try {
      const { statusCode, body } = await request(`${url}${path}`, { dispatcher });
      await body.dump();
      return statusCode;
    } finally {
      await dispatcher.destroy();
    }
  };
  const serialOf = (url: string, shown: Identity) =>
    serialAt({ host: new URL(url).hostname, port: Number(new URL(url).port) }, shown);
  const own = (days?: number) => authority.issue({ name: 'client', ...(days !== undefined && { days }) });

  it('answers a client that shows a certificate of its authority', async () => {
    expect(await ask(quotes.url, own())).toBe(200);
  });

  it('refuses a client without a certificate', async () => {
    await expect(ask(quotes.url, { ca: own().ca })).rejects.toThrow(
      /certificate required|socket hang up|ECONNRESET|other side closed/,
    );
  });

  it('refuses a certificate that has expired', async () => {
    await expect(ask(quotes.url, own(-1))).rejects.toThrow(/expired|ECONNRESET|other side closed/);
  });

  it('refuses a certificate of another authority', async () => {
    const { cert, key } = stranger.issue({ name: 'client' });
    await expect(ask(quotes.url, { cert, key, ca: own().ca })).rejects.toThrow(
      /unknown ca|ECONNRESET|other side closed/,
    );
  });

  it('refuses plain HTTP, and counts what it has refused', async () => {
    await expect(fetch(`${quotes.url.replace('https:', 'http:')}/health`)).rejects.toThrow('fetch failed');
    const metrics = await fetch(`${quotes.adminUrl}/metrics`).then((response) => response.text());
    expect(metrics).toMatch(/http_connections_cut_total\{reason="handshake"[^}]*\} [1-9]/);
  });

  it('is not called by a front whose certificate is of another authority, nor where its own is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tls-stranger-'));
    mountIdentity(folder, stranger.issue({ name: 'front' }));
    const other = await runApp({ service: 'front', env: { TLS_DIR: folder, QUOTES_URL: quotes.url } });
    const status = await ask(other.url, stranger.issue({ name: 'client' }), '/browse');
    await other.stop();
    rmSync(folder, { recursive: true });
    expect(status).toBe(503);
  });

  it('takes renewed certificates into use under load, without a failed request or a restart', async () => {
    const client = own();
    const agent = new Agent({ connect: client });
    const statuses = new Map<number | string, number>();
    const count = (result: number | string) => statuses.set(result, (statuses.get(result) ?? 0) + 1);
    const load = { stop: false };
    /** Half of the requests on connections that stay, half on new ones; each page of the front asks quotes. */
    const worker = async (fresh: boolean) => {
      while (!load.stop) {
        const page = fresh
          ? ask(front.url, client, '/browse')
          : request(`${front.url}/browse`, { dispatcher: agent }).then(async ({ statusCode, body }) => {
              await body.dump();
              return statusCode;
            });
        count(await page.catch((error: unknown) => String(error)));
      }
    };
    const workers = [false, false, true, true].map(worker);
    const before = await serialOf(quotes.url, client);
    for (let round = 0; round < 3; round++) {
      for (const [name, { url }] of Object.entries({ quotes, front })) {
        const seen = await serialOf(url, client);
        mountIdentity(name === 'quotes' ? folders.quotes : folders.front, authority.issue({ name }));
        await eventually(async () => expect(await serialOf(url, client)).not.toBe(seen));
      }
    }
    load.stop = true;
    await Promise.all(workers);
    await agent.close();
    expect(await serialOf(quotes.url, client)).not.toBe(before);
    expect([...statuses.keys()]).toEqual([200]);
    expect(statuses.get(200)).toBeGreaterThan(100);
  });

  it('keeps its certificate while the mounted key is not that of the mounted certificate', async () => {
    const { cert, ca } = authority.issue({ name: 'quotes' });
    const client = own();
    const before = await serialOf(quotes.url, client);
    mountIdentity(folders.quotes, { cert, ca, key: authority.issue({ name: 'quotes' }).key });
    await eventually(() => expect(quotes.lines.join()).toContain('the last good one stays in use'));
    expect(await serialOf(quotes.url, client)).toBe(before);
  });
});
