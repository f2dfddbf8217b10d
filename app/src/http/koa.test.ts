import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import Koa, { type Context, type Middleware } from 'koa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpApp } from '../../../test/http-app.ts';
import type { HttpMiddleware } from './quick-koa.ts';

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly type?: string | null;
  readonly length?: string | null;
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** A behaviour that Koa documents: a middleware, what is asked of it, and what comes back. */
type Behaviour = readonly [name: string, middleware: (ctx: Context) => unknown, answer: Answer, init?: RequestInit];

/** Koa's setters, in the order of the fields. */
function set(ctx: Context, fields: Partial<Pick<Context, 'status' | 'body' | 'type' | 'message' | 'etag'>>): Context {
  return Object.assign(ctx, fields);
}

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';
const BYTES = 'application/octet-stream';
const HEAD = { method: 'HEAD' };

const BODIES: readonly Behaviour[] = [
  ['text', (ctx) => set(ctx, { body: 'é' }), { status: 200, body: 'é', type: TEXT, length: '2' }],
  ['text that is a page', (ctx) => set(ctx, { body: '<p>' }), { status: 200, type: 'text/html; charset=utf-8' }],
  ['empty text', (ctx) => set(ctx, { body: '' }), { status: 200, body: '', length: '0' }],
  ['bytes', (ctx) => set(ctx, { body: Buffer.from('ab') }), { status: 200, body: 'ab', type: BYTES, length: '2' }],
  [
    'an object',
    (ctx) => set(ctx, { body: { a: 'é' } }),
    { status: 200, body: '{"a":"é"}', type: JSON_TYPE, length: '10' },
  ],
  ['a list', (ctx) => set(ctx, { body: [1] }), { status: 200, body: '[1]', type: JSON_TYPE }],
  ['a number', (ctx) => set(ctx, { body: 7 }), { status: 200, body: '7', type: JSON_TYPE }],
  ['false', (ctx) => set(ctx, { body: false }), { status: 200, body: 'false', type: JSON_TYPE }],
  [
    'a stream',
    (ctx) => set(ctx, { body: Readable.from(['a', 'b']) }),
    { status: 200, body: 'ab', type: BYTES, length: null },
  ],
  ['a web stream', (ctx) => set(ctx, { body: new Blob(['web']).stream() }), { status: 200, body: 'web', type: BYTES }],
  ['a blob', (ctx) => set(ctx, { body: new Blob(['blob']) }), { status: 200, body: 'blob', length: '4' }],
  [
    'a Response',
    (ctx) =>
      set(ctx, { body: new Response('made', { status: 202, headers: { 'Content-Type': 'text/x', 'X-A': 'b' } }) }),
    { status: 202, body: 'made', type: 'text/x', headers: { 'x-a': 'b' } },
  ],
  [
    'a type that was set before',
    (ctx) => set(ctx, { type: 'text/csv', body: 'a,b' }),
    { status: 200, type: 'text/csv; charset=utf-8' },
  ],
  ['null', (ctx) => set(ctx, { body: null }), { status: 204, body: '', type: null, length: null }],
  ['a body and a status', (ctx) => set(ctx, { status: 201, body: 'made' }), { status: 201, body: 'made' }],
  ['a status without a body', (ctx) => set(ctx, { status: 202 }), { status: 202, body: 'Accepted', type: TEXT }],
  ['a message', (ctx) => set(ctx, { status: 200, message: 'Fine' }), { status: 200, body: 'Fine' }],
  [
    'a status that has no body',
    (ctx) => set(ctx, { body: 'lost', status: 204 }),
    { status: 204, body: '', type: null },
  ],
  ['reset content', (ctx) => set(ctx, { body: 'lost', status: 205 }), { status: 205, body: '' }],
  ['not modified', (ctx) => set(ctx, { body: 'lost', status: 304 }), { status: 304, body: '', type: null }],
];

const REQUESTS: readonly Behaviour[] = [
  ['HEAD of text', (ctx) => set(ctx, { body: 'abc' }), { status: 200, body: '', length: '3', type: TEXT }, HEAD],
  ['HEAD of an object', (ctx) => set(ctx, { body: { a: 1 } }), { status: 200, body: '', length: '7' }, HEAD],
  [
    'HEAD of a stream',
    (ctx) => set(ctx, { body: Readable.from(['abc']) }),
    { status: 200, body: '', length: null },
    HEAD,
  ],
  ['a redirect', (ctx) => ctx.redirect('/there'), { status: 302, headers: { location: '/there' } }],
  ['a redirect of one status', (ctx) => set(ctx, { status: 303 }).redirect('/there'), { status: 303 }],
  [
    'a cookie',
    (ctx) => set(ctx, { body: '' }).cookies.set('a', 'b'),
    { status: 200, headers: { 'set-cookie': 'a=b; path=/; httponly' } },
  ],
  ['the query', (ctx) => set(ctx, { body: ctx.query['q'] }), { status: 200, body: 'x' }],
  [
    'an attachment',
    (ctx) => set(ctx, { body: 'x' }).attachment('a.csv'),
    { status: 200, headers: { 'content-disposition': 'attachment; filename="a.csv"' } },
  ],
  [
    'headers that go back',
    (ctx) => {
      ctx.set('X-A', '1');
      ctx.append('X-A', '2');
      ctx.body = '';
    },
    { status: 200, headers: { 'x-a': '1, 2' } },
  ],
  [
    'an answer that is none of its business',
    (ctx) => {
      ctx.respond = false;
      ctx.res.writeHead(200, { 'Content-Type': 'text/own' });
      setImmediate(() => ctx.res.end('own'));
    },
    { status: 200, body: 'own', type: 'text/own' },
  ],
  ['an answer that was sent already', (ctx) => void ctx.res.end('sent'), { status: 404, body: 'sent' }],
  ['nothing', () => undefined, { status: 404 }],
  ['an error', () => Promise.reject(new Error('secret')), { status: 500 }],
  ['an error with a status', (ctx) => ctx.throw(418, 'teapot'), { status: 418 }],
  ['an assertion', (ctx) => ctx.assert(false, 403), { status: 403 }],
  [
    'an error after headers were set',
    (ctx) => set(ctx, { etag: 'a' }).throw(409),
    { status: 409, headers: { etag: null } },
  ],
];

/** The middleware under test stands behind one more, as both applications let it. */
const PASSING: Middleware = (_, next) => next();

// Routes come last; what is added to a running service comes before them.
const ours = async (middleware: readonly Middleware[]) =>
  (await httpApp({ middleware: middleware as readonly unknown[] as readonly HttpMiddleware[] })) as unknown as Koa;

async function plain(use: readonly Middleware[]): Promise<Koa> {
  const app = new Koa();
  for (const each of use) app.use(each);
  return app;
}

describe.each([
  ['plain Koa', plain],
  ['our application', ours],
])('%s', (_, create) => {
  const errors: Error[] = [];
  let current: (ctx: Context) => unknown = () => undefined;
  let server: Server;
  let url: string;
  beforeAll(async () => {
    const app = await create([PASSING, async (ctx) => void (await current(ctx))]);
    app.on('error', (error: Error) => errors.push(error));
    server = createServer(app.callback() as RequestListener).listen(0);
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/?q=x`;
  });
  afterAll(() => void server.close());

  it.each([...BODIES, ...REQUESTS].map(([name, middleware, answer, init]) => ({ name, middleware, answer, init })))(
    'answers $name',
    async ({ middleware, answer, init }) => {
      current = middleware;
      errors.length = 0;
      const response = await fetch(url, { redirect: 'manual', ...init });
      const body = await response.text();
      expect(response.status).toBe(answer.status);
      if (answer.body !== undefined) expect(body).toBe(answer.body);
      if (answer.type !== undefined) expect(response.headers.get('content-type')).toBe(answer.type);
      if (answer.length !== undefined) expect(response.headers.get('content-length')).toBe(answer.length);
      for (const [header, value] of Object.entries(answer.headers ?? {}))
        expect(response.headers.get(header)).toBe(value);
      expect(body).not.toContain('secret');
      if (answer.status === 500) expect(errors.map(({ message }) => message)).toEqual(['secret']);
    },
  );

  it('tells an error listener of the error and of its request', async () => {
    current = (ctx) => ctx.throw(400, 'mistaken');
    const told = once(server, 'request');
    errors.length = 0;
    expect((await fetch(url)).status).toBe(400);
    await told;
    expect(errors).toMatchObject([{ message: 'mistaken', status: 400, expose: true }]);
  });
});

it('ends a response whose body breaks off, so that a client sees that it is not whole', async () => {
  const app = await ours([
    (ctx) => {
      let count = 0;
      ctx.body = new Readable({
        read() {
          if (count++ === 0) this.push('first');
          else setImmediate(() => this.destroy(new Error('broke off')));
        },
      });
    },
  ]);
  const server = createServer(app.callback() as RequestListener).listen(0);
  await once(server, 'listening');
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await expect(response.text()).rejects.toThrow();
  server.close();
});
