import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { asAdmin, runApp, type TestApp } from '../../../test/run-app.ts';
import { READY } from '../runtime/readiness.ts';
import type { ServiceModule } from '../runtime/service.ts';
import { MAX_BODY_BYTES } from './body.ts';
import { route } from './route.ts';

const release = { open: () => {} };

/** A service with one route of each kind. */
const sample: ServiceModule = {
  message: 'a sample',
  start: () => ({
    readiness: () => READY,
    close: async () => {},
    routes: [
      route({
        method: 'POST',
        path: '/things',
        summary: 'make',
        body: z.strictObject({ name: z.string().min(2), size: z.int() }),
        query: z.strictObject({ dry: z.enum(['true', 'false']).optional() }),
        responses: { 201: { description: 'made' } },
        handle(ctx, { body }) {
          ctx.status = 201;
          ctx.body = body;
        },
      }),
      route({
        method: 'POST',
        path: '/forms',
        summary: 'a form',
        bodyFormat: 'form',
        body: z.object({ name: z.string() }),
        responses: { 200: { description: 'its fields' } },
        handle(ctx, { body }) {
          ctx.body = body;
        },
      }),
      route({
        method: 'GET',
        path: '/things/:id',
        summary: 'read',
        params: z.object({ id: z.string() }),
        responses: { 200: { description: 'the thing' } },
        handle(ctx, { params }) {
          ctx.set('ETag', '"one"');
          ctx.body = params;
        },
      }),
      route({
        method: 'GET',
        path: '/broken',
        summary: 'throws',
        responses: {},
        handle() {
          throw new Error('the password is hunter2');
        },
      }),
      route({
        method: 'GET',
        path: '/slow',
        summary: 'waits',
        responses: {},
        async handle(ctx) {
          await new Promise<void>((resolve) => {
            release.open = resolve;
          });
          ctx.body = 'done';
        },
      }),
      route({
        method: 'DELETE',
        path: '/things/:id',
        summary: 'delete',
        admin: true,
        responses: {},
        handle(ctx) {
          ctx.status = 204;
        },
      }),
    ],
  }),
};

let app: TestApp;
beforeAll(async () => {
  app = await runApp({ service: 'quotes', module: sample, env: { MAX_IN_FLIGHT: '1', LOG_LEVEL: 'debug' } });
});
afterAll(() => app.stop());

const post = (body: string | Uint8Array, type = 'application/json', headers = {}) =>
  fetch(`${app.url}/things`, { method: 'POST', body: body as BodyInit, headers: { 'Content-Type': type, ...headers } });

describe('errors', () => {
  it('list every fault of query and body at once, as problem details with the request id', async () => {
    const response = await fetch(`${app.url}/things?dry=maybe&x=1`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Request-Id': 'my-id' },
      body: JSON.stringify({ name: 'a', size: '3', extra: true }),
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const problem = await response.json();
    expect(problem).toMatchObject({ type: 'about:blank', title: 'Bad Request', status: 400, requestId: 'my-id' });
    const where = problem.errors.map((error: { in: string; name: string }) => `${error.in} ${error.name}`);
    expect(where).toEqual(['query dry', 'query ', 'body /name', 'body /size', 'body /']);
  });

  it('say nothing internal, while the log says it all', async () => {
    const response = await fetch(`${app.url}/broken`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('hunter2');
    expect(app.lines.some((line) => line.includes('hunter2') && line.includes('"level":"error"'))).toBe(true);
  });

  it('tell an unknown path from a wrong method and from an unknown one', async () => {
    expect((await fetch(`${app.url}/nowhere`)).status).toBe(404);
    const wrong = await fetch(`${app.url}/things/1`, { method: 'PUT' });
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')?.split(', ').sort()).toEqual(['DELETE', 'GET', 'HEAD']);
    expect((await wrong.json()).status).toBe(405);
    expect((await fetch(`${app.url}/things/1`, { method: 'PROPFIND' })).status).toBe(501);
  });

  it('ask for the admin key without telling a missing one from a wrong one', async () => {
    const missing = await fetch(`${app.url}/things/1`, { method: 'DELETE' });
    const wrong = await fetch(`${app.url}/things/1`, asAdmin('DELETE', undefined, { Authorization: 'x'.repeat(3000) }));
    expect([missing.status, wrong.status]).toEqual([401, 401]);
    expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="admin"');
    expect((await missing.json()).detail).toBe((await wrong.json()).detail);
  });

  it('accept the admin key bare or as Bearer', async () => {
    for (const Authorization of ['dev-admin-key', 'Bearer dev-admin-key', 'bearer dev-admin-key']) {
      expect((await fetch(`${app.url}/things/1`, asAdmin('DELETE', undefined, { Authorization }))).status).toBe(204);
    }
  });
});

describe('bodies', () => {
  it('are refused above the bound, announced or not', async () => {
    expect((await post(JSON.stringify({ name: 'x'.repeat(MAX_BODY_BYTES) }))).status).toBe(413);
    const endless = new ReadableStream({
      start(stream) {
        stream.enqueue(Buffer.alloc(MAX_BODY_BYTES + 1, 'x'));
        stream.close();
      },
    });
    const init = { method: 'POST', body: endless, duplex: 'half', headers: { 'Content-Type': 'application/json' } };
    expect((await fetch(`${app.url}/things`, init as RequestInit)).status).toBe(413);
  });

  it('are refused in another type or encoding', async () => {
    expect((await post('name=x', 'text/plain')).status).toBe(415);
    expect((await post('{}', 'application/json', { 'Content-Encoding': 'gzip' })).status).toBe(415);
  });

  it('must be JSON in UTF-8', async () => {
    expect((await post('{"name":')).status).toBe(400);
    expect((await post(Buffer.from([0x22, 0xff, 0x22]))).status).toBe(400);
    expect((await post('')).status).toBe(400);
  });

  it('may be nested ever so deep, or name the prototype, without harm', async () => {
    expect((await post('['.repeat(60_000))).status).toBe(400);
    expect((await post(`${'['.repeat(30_000)}${']'.repeat(30_000)}`)).status).toBe(400);
    const polluted = await post(
      '{"name":"ok","size":1,"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}',
    );
    expect(polluted.status).toBe(400);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('may be a form, in which a prototype is a field like any other', async () => {
    const body = new URLSearchParams({ name: 'é', __proto__: 'x' });
    const response = await fetch(`${app.url}/forms`, { method: 'POST', body });
    expect(await response.json()).toEqual({ name: 'é' });
  });
});

describe('requests', () => {
  it('carry security headers, their id and the trace that they came with', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const response = await fetch(`${app.url}/things/7`, { headers: { traceparent, 'X-Request-Id': 'bad id\t' } });
    expect(response.headers.get('x-request-id')).toBe('a'.repeat(32));
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('strict-transport-security')).toBeNull();
    const line = JSON.parse(app.lines.findLast((text) => text.includes('/things/7')) ?? '{}');
    expect(line).toMatchObject({
      level: 'info',
      route: '/things/:id',
      path: '/things/7',
      status: 200,
      traceId: 'a'.repeat(32),
    });
  });

  it('leave one line each that is JSON whatever the path holds', async () => {
    const socket = connect(app.running.httpPort, '127.0.0.1');
    socket.write('GET /%22%0a"quo\\te?secret=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    for await (const chunk of socket) expect(String(chunk)).toContain('404');
    const line = app.lines.findLast((text) => text.includes('"msg":"request"')) ?? '';
    expect(JSON.parse(line).path).toBe('/%22%0a"quo\\te');
    expect(line).not.toContain('secret');
  });

  it('are answered 304 where the client has the same', async () => {
    // fetch() would add `no-cache`, with which a client asks for the whole answer.
    const headers = { 'If-None-Match': '"one"', 'Cache-Control': 'max-age=0' };
    const response = await fetch(`${app.url}/things/1`, { headers });
    expect(response.status).toBe(304);
    expect(await response.text()).toBe('');
  });

  it('may be HEAD wherever GET is allowed', async () => {
    const response = await fetch(`${app.url}/things/1`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  it('are refused with 503 and Retry-After beyond the limit, and served again after it', async () => {
    const first = fetch(`${app.url}/slow`);
    await expect
      .poll(async () => (await fetch(`${app.adminUrl}/metrics`)).text())
      .toContain('http_requests_in_flight{service="quotes"} 1');
    const second = await fetch(`${app.url}/things/1`);
    expect(second.status).toBe(503);
    expect(second.headers.get('retry-after')).toBe('1');
    release.open();
    expect(await (await first).text()).toBe('done');
    expect((await fetch(`${app.url}/things/1`)).status).toBe(200);
    expect(await (await fetch(`${app.adminUrl}/metrics`)).text()).toContain(
      'http_requests_shed_total{service="quotes"} 1',
    );
  });

  it('with a flood of headers are refused before any of our code', async () => {
    const headers = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`x-${index}`, 'y'.repeat(100)]));
    expect((await fetch(`${app.url}/things/1`, { headers })).status).toBe(431);
  });
});

describe('metrics', () => {
  it('know routes, never the paths that a client makes up', async () => {
    const series = async () => {
      const text = await (await fetch(`${app.adminUrl}/metrics`)).text();
      return text.split('\n').filter((line) => line.startsWith('http_request'));
    };
    await fetch(`${app.url}/things/first`);
    await fetch(`${app.url}/unknown/first`);
    const before = (await series()).length;
    for (let index = 0; index < 50; index++) {
      await fetch(`${app.url}/things/${index}?q=${index}`);
      await fetch(`${app.url}/unknown/${index}`);
    }
    const after = await series();
    expect(after).toHaveLength(before);
    expect(after.join()).not.toContain('/unknown');
    expect(
      after.some((line) => line.startsWith('http_requests_total{method="GET",route="/things/:id",status="200"')),
    ).toBe(true);
  });

  it('have cumulative buckets that end with the count', async () => {
    const text = await (await fetch(`${app.adminUrl}/metrics`)).text();
    const lines = text
      .split('\n')
      .filter((line) => line.includes('route="/things/:id"') && line.includes('method="GET"'));
    const values = lines.filter((line) => line.includes('_bucket')).map((line) => Number(line.split(' ')[1]));
    const count = Number(lines.find((line) => line.includes('_count'))?.split(' ')[1]);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(values.at(-1)).toBe(count);
  });
});

describe('the admin port', () => {
  it('answers probes and metrics, and nothing else', async () => {
    expect(await (await fetch(`${app.adminUrl}/healthz`)).text()).toBe('ok\n');
    expect((await fetch(`${app.adminUrl}/readyz?x`, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(`${app.adminUrl}/metrics`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${app.adminUrl}/things/1`)).status).toBe(404);
  });
});

describe('every service', () => {
  it('tells what it is, how it is and what it offers', async () => {
    const info = await (await fetch(`${app.url}/`)).json();
    expect(info).toMatchObject({ service: 'quotes', environment: 'dev', version: '0.0.0-dev', message: 'a sample' });
    expect(await (await fetch(`${app.url}/health`)).json()).toMatchObject({ status: 'ok', service: 'quotes' });
    const document = await (await fetch(`${app.url}/openapi.json`)).json();
    expect(document.openapi).toBe('3.1.0');
    expect(document.paths['/things/{id}'].delete.security).toEqual([{ adminKey: [] }]);
    const { schema } = document.paths['/things'].post.requestBody.content['application/json'];
    expect(schema.required).toEqual(['name', 'size']);
    expect(document.paths['/health'].get.summary).toBeTypeOf('string');
  });
});
