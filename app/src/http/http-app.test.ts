import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { release, sample } from '../../../test/fixtures/sample-service.ts';
import { asAdmin, runApp, type TestApp } from '../../../test/run-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await runApp({ service: 'quotes', module: sample, env: { MAX_IN_FLIGHT: '1', LOG_LEVEL: 'debug' } });
});
afterAll(() => app.stop());

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
    expect(where).toEqual(['query dry', 'query x', 'body /name', 'body /size', 'body /extra']);
  });

  it('name a parameter however many stand before it', async () => {
    const response = await fetch(`${app.url}/things?${'&'.repeat(1_500)}hidden=1`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'ab', size: 3 }),
    });
    expect(response.status).toBe(400);
    expect((await response.json()).errors).toMatchObject([{ in: 'query', name: 'hidden' }]);
  });

  it('say so where a query is no UTF-8, in place of an answer to another question', async () => {
    const post = async (query: string) => {
      const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"name":"ab","size":3}' };
      const response = await fetch(`${app.url}/things?${query}`, init);
      return [response.status, (await response.json()).detail];
    };
    const refused = [400, 'The query cannot be decoded: escape it as UTF-8, and % as %25.'];
    for (const query of ['dry=caf%E9', 'dry=%', 'dry=%zz', 'dry=%ed%a0%80', '%ff=1']) {
      expect(await post(query), query).toEqual(refused);
    }
    expect(await post('dry=100%25+caf%C3%A9')).toEqual([400, 'The request is not valid; see errors.']);
    expect((await post('dry=%74rue'))[0]).toBe(201);
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
    // fetch sends no TRACE.
    const statuses = ['PATCH', 'TRACE', 'PROPFIND', 'NONSENSE'].map(async (method) => {
      const socket = connect(app.running.httpPort, '127.0.0.1');
      socket.write(`${method} /things/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      return (await text(socket)).slice(9, 12);
    });
    expect(await Promise.all(statuses)).toEqual(['405', '405', '405', '400']);
  });

  it('ask for the admin key without telling a missing one from a wrong one', async () => {
    const missing = await fetch(`${app.url}/things/1`, { method: 'DELETE' });
    const wrong = await fetch(`${app.url}/things/1`, asAdmin('DELETE', undefined, { Authorization: 'x'.repeat(3000) }));
    expect([missing.status, wrong.status]).toEqual([401, 401]);
    expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="admin"');
    expect((await missing.json()).detail).toBe((await wrong.json()).detail);
  });

  it('refuse every key but the admin key', async () => {
    for (const key of ['wrong', 'Bearer wrong', 'dev-admin-ke', 'dev-admin-keyy', 'Basic dev-admin-key', 'Bearer']) {
      const init = asAdmin('DELETE', undefined, { Authorization: key });
      expect((await fetch(`${app.url}/things/1`, init)).status, key).toBe(401);
    }
  });

  it('accept the admin key bare or as Bearer', async () => {
    for (const Authorization of ['dev-admin-key', 'Bearer dev-admin-key', 'bearer dev-admin-key']) {
      expect((await fetch(`${app.url}/things/1`, asAdmin('DELETE', undefined, { Authorization }))).status).toBe(204);
    }
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

  it.each([
    ['GET', '"one"', 304],
    ['GET', 'W/"one"', 304],
    ['GET', '"other", "one"', 304],
    ['GET', '*', 304],
    ['HEAD', '"one"', 304],
    ['GET', '"other"', 200],
    ['GET', 'one', 200],
  ])('by %s with If-None-Match: %s are answered %i', async (method, tag, status) => {
    // fetch() adds `Cache-Control: no-cache` to such a request, which does not ask for the whole answer.
    const response = await fetch(`${app.url}/things/1`, { method, headers: { 'If-None-Match': tag } });
    expect(response.status).toBe(status);
    expect(response.headers.get('etag')).toBe('"one"');
    if (status === 304) expect([await response.text(), response.headers.get('content-type')]).toEqual(['', null]);
  });

  it.each([
    ['"one"', 200],
    ['"other", "one"', 200],
    ['*', 200],
    ['"other"', 412],
    ['W/"one"', 412],
    ['one', 412],
  ])('with If-Match: %s are answered %i', async (tag, status) => {
    const response = await fetch(`${app.url}/things/1`, { headers: { 'If-Match': tag } });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject(status === 200 ? { id: '1' } : { status });
  });

  it('with If-None-Match are answered whole where the answer has no tag', async () => {
    const headers = { 'If-None-Match': '"one"' };
    expect((await fetch(`${app.url}/health`, { headers })).status).toBe(200);
  });

  it('may be HEAD wherever GET is allowed', async () => {
    const response = await fetch(`${app.url}/things/1`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe(String('{"id":"1"}'.length));
    expect(await response.text()).toBe('');
  });

  it('are told by OPTIONS what a path allows', async () => {
    const response = await fetch(`${app.url}/things/1`, { method: 'OPTIONS' });
    expect(response.status).toBe(200);
    expect(response.headers.get('allow')?.split(', ').sort()).toEqual(['DELETE', 'GET', 'HEAD']);
    expect(await response.text()).toBe('');
  });

  it('to no path, by OPTIONS, are told that the server is there', async () => {
    const socket = connect(app.running.httpPort, '127.0.0.1');
    socket.write('OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 204 No Content\r\n(?:.*\r\n)*Allow: GET, HEAD, POST/);
  });

  it('find what is written with escapes, and are refused where it cannot be read', async () => {
    expect(await (await fetch(`${app.url}/things/a%20b`)).json()).toEqual({ id: 'a b' });
    expect((await fetch(`${app.url}/nowhere/%ff`)).status).toBe(404);
  });

  it('whose client leaves before the answer do no harm', async () => {
    const socket = connect(app.running.httpPort, '127.0.0.1');
    socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    const inFlight = async () => (await fetch(`${app.adminUrl}/metrics`)).text();
    await expect.poll(inFlight).toContain('http_requests_in_flight{service="quotes"} 1');
    socket.destroy();
    release.open();
    await expect.poll(inFlight).toContain('http_requests_in_flight{service="quotes"} 0');
    expect((await fetch(`${app.url}/things/1`)).status).toBe(200);
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

describe('the admin port', () => {
  it('answers probes and metrics, and nothing else', async () => {
    expect(await (await fetch(`${app.adminUrl}/healthz`)).text()).toBe('ok\n');
    expect((await fetch(`${app.adminUrl}/readyz?x`, { method: 'HEAD' })).status).toBe(200);
    const wrong = await fetch(`${app.adminUrl}/metrics`, { method: 'POST' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
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
