import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type Router from '@koa/router';
import Koa from 'koa';
import type { HttpContext, RequestState, Route } from './route.ts';
import type { HeaderList } from './security-headers.ts';
import { type Answer, headerLine, headersOf } from './send-json.ts';
import { REQUEST_ID_HEADER } from './trace-context.ts';

/** A middleware on our own context. */
export type HttpMiddleware = (ctx: HttpContext, next: () => Promise<void>) => Promise<void>;

/** A handler as the router calls it, with the parameters of the path on the context. */
export type RouteHandler = (ctx: HttpContext & { params: Readonly<Record<string, string>> }) => Promise<void>;

/** What Koa itself does with a request; its types leave it out. */
const handleRequest: (
  this: Koa<RequestState>,
  ctx: HttpContext,
  middleware: (ctx: HttpContext) => Promise<void>,
) => Promise<void> = Reflect.get(Koa.prototype, 'handleRequest');

/**
 * Koa with a shorter way for what costs most of a small read; this file is the only by-pass.
 * An answer of our own routes is sent with a head that is put together here, where nobody has asked Koa for anything else: no
 * middleware beside ours, no header that was set, no condition to compare. Other text and bytes are sent without Koa's
 * listeners for the end of a response, and the router's templates are not tried one by one. Whatever is not plain goes Koa's own
 * way, answers of our own included. Figures: docs/explanation/performance.md.
 */
export class QuickKoa extends Koa<RequestState> {
  /** What every response begins with, by status. */
  readonly #heads: string[] = [];
  readonly #own = new Set<unknown>();
  readonly #common: string;
  readonly #draining: () => boolean;
  #isBare = false;

  /** @param headers what every response has */
  constructor(headers: HeaderList, draining: () => boolean) {
    super();
    this.#common = headers.map(([name, value]) => headerLine(name, value)).join('');
    this.#draining = draining;
  }

  /** Adds middleware that leaves answers as they are. */
  useOwn(middleware: HttpMiddleware): void {
    this.#own.add(middleware);
    this.use(middleware);
  }

  /** Whether no middleware but our own can see a response before it is sent. */
  get isBare(): boolean {
    return this.#isBare;
  }

  override callback(): ReturnType<Koa<RequestState>['callback']> {
    this.#isBare = this.middleware.every((each) => this.#own.has(each));
    return super.callback();
  }

  handleRequest(ctx: HttpContext, middleware: (ctx: HttpContext) => Promise<void>): Promise<void> {
    const { res } = ctx;
    res.statusCode = 404;
    return middleware(ctx).then(
      () => {
        const { answer } = ctx.state;
        if (answer !== undefined) return this.#send(ctx, answer);
        if (!isPlain(ctx)) return this.#handOver(ctx, () => Promise.resolve());
        res.end(ctx.body);
        return undefined;
      },
      (error: unknown) => this.#handOver(ctx, () => Promise.reject(error)),
    );
  }

  /** Tells Koa of an answer, unless it can be sent as it is. */
  settle(ctx: HttpContext): void {
    const { req, res, state } = ctx;
    const { answer } = state;
    if (answer === undefined || (this.#isBare && this.#isQuick(req, res as Prepared))) return;
    state.answer = undefined;
    for (const [name, value] of headersOf(answer.head)) res.setHeader(name, value);
    ctx.status = answer.status;
    ctx.body = answer.body;
  }

  /** A Node without the fields that `#send` writes would have other values here, or none. */
  #isQuick({ method, headers, complete }: IncomingMessage, res: Prepared): boolean {
    return (
      complete &&
      res._header === null &&
      res._headerSent === false &&
      res._keepAliveTimeout > 0 &&
      method !== 'HEAD' &&
      (headers['if-none-match'] ?? headers['if-match']) === undefined &&
      res.shouldKeepAlive &&
      res.getHeaderNames().length === 0 &&
      !this.#draining()
    );
  }

  /** Sends the head that Node would make of the same headers. `_header` is where Node keeps it, and asks whether there is one. */
  #send({ res, state }: HttpContext, { status, head, body }: Answer): void {
    const begin = this.#heads[status] ?? `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${this.#common}`;
    this.#heads[status] = begin;
    const length = Buffer.byteLength(body);
    const own = `${REQUEST_ID_HEADER}: ${state.requestId}\r\n${head}Content-Length: ${length}\r\n`;
    const response = res as Prepared;
    const whole = begin + own + headEnd(response._keepAliveTimeout);
    response._header = whole;
    const { socket } = res;
    if (!socket?.writable) return void res.end(body);
    // Not by Node's own way, which is a list of three pieces, and its bookkeeping.
    response._headerSent = true;
    if (length > MAX_COPIED) {
      socket.cork();
      socket.write(whole, 'latin1');
      socket.write(body);
      socket.uncork();
    } else {
      const bytes = Buffer.allocUnsafe(whole.length + length);
      bytes.write(whole, 'latin1');
      if (typeof body === 'string') bytes.write(body, whole.length);
      else bytes.set(body, whole.length);
      socket.write(bytes);
    }
    res.end();
  }

  /** Koa takes over with the outcome of the middleware. It begins with its own default status. */
  #handOver(ctx: HttpContext, outcome: () => Promise<void>): Promise<void> {
    const { statusCode } = ctx.res;
    return handleRequest.call(this, ctx, () => {
      ctx.res.statusCode = statusCode;
      return outcome();
    });
  }
}

/** A response as Node keeps it. */
type Prepared = ServerResponse & { _header: string | null; _headerSent: boolean; readonly _keepAliveTimeout: number };

/** Longest body in bytes that is copied behind its head, so that both are one piece. */
const MAX_COPIED = 2_048;

let end = { second: 0, keepAlive: 0, lines: '' };

/** What every kept connection's response ends with; the same for a second. */
function headEnd(keepAlive: number): string {
  const second = Math.floor(Date.now() / 1_000);
  if (second !== end.second || keepAlive !== end.keepAlive) {
    const date = new Date(second * 1_000).toUTCString();
    const lines = `Date: ${date}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAlive / 1_000)}\r\n\r\n`;
    end = { second, keepAlive, lines };
  }
  return end.lines;
}

/** Whether Koa would send the body as it is and do nothing else. */
function isPlain(ctx: HttpContext): boolean {
  const { body, res } = ctx;
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) return false;
  return (
    res.statusCode >= 200 &&
    ![204, 205, 304].includes(res.statusCode) &&
    ctx.method !== 'HEAD' &&
    ctx.respond !== false &&
    ctx.writable
  );
}

interface Found {
  readonly handle: RouteHandler;
  readonly params: Readonly<Record<string, string>>;
}

interface Known {
  readonly method: string;
  /** All of it, or what stands before the parameter. */
  readonly path: string;
  readonly handle: RouteHandler;
}

/** `/quotes/:id`: one parameter, at the end. */
const ENDS_IN_PARAMETER = /^([^:*{]*\/):(\w+)$/;
const WITHOUT_PARAMETER = /^[^:*{]*$/;

/**
 * Finds most handlers without the router: a path without parameters by itself, one that ends in its only parameter by
 * what stands before it. What is not found here is the router's to answer.
 * Lists, for a service has a dozen routes: to hash a path for a map costs more than to compare it with them.
 */
export class QuickRoutes {
  readonly #whole: Known[] = [];
  readonly #endings: (Known & { readonly name: string })[] = [];

  /** In the order of the routes: of two alike the first stands. A whole path comes before one with a parameter, so list it first. */
  add({ method, path }: Pick<Route, 'method' | 'path'>, handle: RouteHandler): void {
    const [, prefix, name] = ENDS_IN_PARAMETER.exec(path) ?? [];
    for (const each of method === 'GET' ? ['GET', 'HEAD'] : [method]) {
      if (WITHOUT_PARAMETER.test(path)) this.#whole.push({ method: each, path, handle });
      else if (prefix !== undefined && name !== undefined)
        this.#endings.push({ method: each, path: prefix, name, handle });
    }
  }

  find(method: string, path: string): Found | undefined {
    for (const known of this.#whole) {
      if (known.path === path && known.method === method) return { handle: known.handle, params: {} };
    }
    const start = path.lastIndexOf('/') + 1;
    // An escaped value is left to the router, which knows how to refuse what cannot be decoded.
    if (start === path.length || path.includes('%', start)) return undefined;
    for (const known of this.#endings) {
      if (known.path.length === start && known.method === method && path.startsWith(known.path)) {
        return { handle: known.handle, params: { [known.name]: path.slice(start) } };
      }
    }
    return undefined;
  }

  /** These routes, and for all else the router with what it says of a wrong path or method. */
  before(router: Router<RequestState>): HttpMiddleware {
    const search = router.routes() as HttpMiddleware;
    const refuse = router.allowedMethods() as HttpMiddleware;
    return (ctx, next) => {
      const { method, path } = ctx;
      const found = this.find(method, path);
      if (found === undefined) return path === '*' ? answerForAll(ctx) : search(ctx, () => refuse(ctx, next));
      ctx['params'] = found.params;
      return found.handle(ctx as Parameters<RouteHandler>[0]);
    };
  }
}

/** `OPTIONS *` asks whether the server is there, not about a path (RFC 9110, 9.3.7). */
async function answerForAll(ctx: HttpContext): Promise<void> {
  ctx.status = 204;
  ctx.set('Allow', 'GET, HEAD, POST, PUT, DELETE, OPTIONS');
}
