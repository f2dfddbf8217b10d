import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import Router from '@koa/router';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpApp } from '../../../test/http-app.ts';
import { type HttpMiddleware, QuickRoutes } from './quick-koa.ts';
import { type HttpContext, type Route, route } from './route.ts';
import { sendCreated, sendJson, sendPrivateJson } from './send-json.ts';

const ROUTES = [
  ['GET', '/'],
  ['GET', '/quotes'],
  ['POST', '/quotes'],
  ['GET', '/quotes/random'],
  ['GET', '/quotes/:id'],
  ['DELETE', '/quotes/:id'],
  ['GET', '/browse/quote/:id'],
  ['GET', '/browse/quote/:id/remove'],
] as const;

function setup() {
  const router = new Router({ strict: true, sensitive: true });
  const table = new QuickRoutes();
  const names = new Map<unknown, string>();
  for (const [method, path] of ROUTES) {
    const handle = async () => {};
    names.set(handle, `${method} ${path}`);
    router.register(path, [method], handle);
    table.add({ method, path }, handle);
  }
  /** What the router would call, and with what. */
  const byRouter = (method: string, path: string) => {
    const layer = router.match(path, method).pathAndMethod[0];
    return layer && { name: names.get(layer.stack[0]), params: layer.params(path, layer.captures(path)) };
  };
  const byTable = (method: string, path: string) => {
    const found = table.find(method, path);
    return found && { name: names.get(found.handle), params: found.params };
  };
  return { byRouter, byTable };
}

const { byRouter, byTable } = setup();

it('finds the handlers that a request asks for most, without the router', () => {
  expect(byTable('GET', '/quotes')).toEqual({ name: 'GET /quotes', params: {} });
  expect(byTable('HEAD', '/quotes/q1')).toEqual({ name: 'GET /quotes/:id', params: { id: 'q1' } });
  expect(byTable('GET', '/quotes/random')).toEqual({ name: 'GET /quotes/random', params: {} });
});

it('leaves to the router what is escaped, empty, unknown, of another shape or of another method', () => {
  for (const path of ['/quotes/a%20b', '/quotes/', '/nowhere', '/browse/quote/q1/remove', '/Quotes']) {
    expect(byTable('GET', path), path).toBeUndefined();
  }
  expect(byTable('PUT', '/quotes/q1')).toBeUndefined();
});

it('never finds another handler than the router', () => {
  const segment = fc.constantFrom(
    'quotes',
    'random',
    'browse',
    'quote',
    'remove',
    'q1',
    'a%20b',
    'é',
    ':id',
    '',
    '__proto__',
  );
  const path = fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`);
  const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS');
  fc.assert(
    fc.property(method, path, (asked, where) => {
      const found = byTable(asked, where);
      if (found !== undefined) expect(found).toEqual(byRouter(asked, where));
    }),
    { numRuns: 500 },
  );
});

const answer = (path: string, handle: (ctx: HttpContext) => void): Route =>
  route({ method: 'GET', path, summary: '', responses: {}, handle });

const ANSWERS = [
  answer('/bytes', (ctx) => sendJson(ctx, Buffer.from('"é"'), '"tag"')),
  answer('/text', (ctx) => sendJson(ctx, '"é"', '"tag"')),
  answer('/long', (ctx) => sendPrivateJson(ctx, 'é'.repeat(100_000), '"tag"')),
  answer('/empty', (ctx) => sendPrivateJson(ctx, '')),
  answer('/created', (ctx) => sendCreated(ctx, '{}', '/created/a', '"tag"')),
  answer('/more', (ctx) => {
    ctx.set('X-More', 'a: b');
    sendJson(ctx, '{}', '"tag"');
  }),
  answer('/torn', (ctx) => sendJson(ctx, '{}', '"a\r\nX-Injected: b"')),
  answer('/late', (ctx) => {
    sendJson(ctx, '{}', '"tag"');
    throw new Error('too late');
  }),
];

/** After these the server ends the connection: without a Host, and without a wish to keep it. */
const ENDS = ['GET /text HTTP/1.1\r\n\r\n', 'GET /text HTTP/1.0\r\n\r\n'];

const REQUESTS = [
  ...['/bytes', '/text', '/long', '/empty', '/created', '/more', '/torn', '/late', '/nowhere', '/bytes?a=b'].map(
    (path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`,
  ),
  'HEAD /text HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /text HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\n\r\n',
  'GET /text HTTP/1.1\r\nHost: a\r\nIf-None-Match: "tag"\r\n\r\n',
  'GET /text HTTP/1.1\r\nHost: a\r\nIf-None-Match: "other"\r\n\r\n',
  'GET /text HTTP/1.1\r\nHost: a\r\nIf-Match: "other"\r\n\r\n',
  'GET /text HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc',
  ...ENDS,
  'GET /text HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
];
const LAST = 'GET /empty HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

/** What differs from one response to the next, or in the order of the headers, which says nothing. */
const comparable = (bytes: string) =>
  bytes
    .replaceAll(/(Date|X-Request-Id|"requestId"): ?(?!mine).*/g, '$1')
    .split('\r\n\r\n')
    .map((part) => part.split('\r\n').sort());

describe.each([false, true])('an answer that is sent without Koa, while the process drains: %s', (draining) => {
  const ports: number[] = [];
  const close: (() => void)[] = [];
  beforeAll(async () => {
    for (const middleware of [[], [(_: HttpContext, next: () => Promise<void>) => next()]]) {
      const app = await httpApp({ routes: ANSWERS, middleware, draining: () => draining });
      const server = createServer({ requireHostHeader: false }, app.callback() as RequestListener).listen(0);
      close.push(() => server.close());
      await once(server, 'listening');
      ports.push((server.address() as AddressInfo).port);
    }
  });
  afterAll(() => {
    for (const end of close) end();
  });

  it.each(REQUESTS)('is the one that Koa sends: %j', async (request) => {
    const [quick = '', koa = ''] = await Promise.all(
      ports.map((port) => {
        const socket = connect(port, '127.0.0.1');
        socket.write(request + LAST);
        return text(socket);
      }),
    );
    expect(comparable(quick)).toEqual(comparable(koa));
    expect(quick).toMatch(/^HTTP\/1\.1 \d{3} /);
    expect(quick).not.toContain('X-Injected');
    if (!draining) expect(quick.match(/HTTP\/1\.1 \d{3}/g)).toHaveLength(ENDS.includes(request) ? 1 : 2);
  });
});

describe('a response that Node keeps in another way than this file knows', () => {
  const portOf = async (change: (res: ServerResponse) => void, middleware: HttpMiddleware[] = []) => {
    const app = await httpApp({ routes: ANSWERS, middleware });
    const answers = app.callback();
    const server = createServer((req, res) => {
      change(res);
      void answers(req, res);
    }).listen(0);
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });
  const ask = async (port: number) => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`GET /text HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\n\r\n${LAST}`);
    const [head = ''] = (await text(socket)).split('\r\n\r\n');
    return head.replace(/Date: .*/, 'Date').split('\r\n');
  };

  it.each([
    ['without _header', { _header: undefined }],
    ['without _headerSent', { _headerSent: undefined }],
    ['without a time that a connection is kept for', { _keepAliveTimeout: 0 }],
  ])('is sent by Koa: %s', async (_, fields) => {
    const change = (res: ServerResponse) => void Object.assign(res, fields);
    const other = await ask(await portOf(change, [(_, next) => next()]));
    const own = await ask(await portOf(change));
    expect(own.toSorted()).toEqual(other.toSorted());
    // What a route says stands behind what is common only where this file put the head together.
    expect(own.slice(0, 2)).toEqual(['HTTP/1.1 200 OK', 'Content-Type: application/json; charset=utf-8']);
  });
});
