import type Router from '@koa/router';
import Koa from 'koa';
import type { RequestState } from './request-state.ts';
import type { HttpContext, Route } from './route.ts';

/** A middleware on our own context. */
export type HttpMiddleware = (ctx: HttpContext, next: () => Promise<void>) => Promise<void>;

/** A handler as the router calls it, with the parameters of the path on the context. */
export type RouteHandler = (ctx: HttpContext & { params: Readonly<Record<string, string>> }) => Promise<void>;

/** What Koa itself does with a request; its types leave it out. */
const koa = Koa.prototype as unknown as {
  handleRequest(
    this: Koa<RequestState>,
    ctx: HttpContext,
    middleware: (ctx: HttpContext) => Promise<void>,
  ): Promise<void>;
};

/**
 * Koa with a shorter way for the two things that cost most of a small read; this file is the only by-pass.
 * Text and bytes are sent without Koa's listeners for the end of a response (a tenth of a small read), and the router's
 * templates are not tried one by one (a fifth). Whatever is not plain goes Koa's own way. Figures: docs/explanation/performance.md.
 */
export class QuickKoa extends Koa<RequestState> {
  handleRequest(ctx: HttpContext, middleware: (ctx: HttpContext) => Promise<void>): Promise<void> {
    const { res } = ctx;
    res.statusCode = 404;
    return middleware(ctx).then(
      () => {
        if (!isPlain(ctx)) return this.#handOver(ctx, () => Promise.resolve());
        res.end(ctx.body);
        return undefined;
      },
      (error: unknown) => this.#handOver(ctx, () => Promise.reject(error)),
    );
  }

  /** Koa takes over with the outcome of the middleware. It begins with its own default status. */
  #handOver(ctx: HttpContext, outcome: () => Promise<void>): Promise<void> {
    const { statusCode } = ctx.res;
    return koa.handleRequest.call(this, ctx, () => {
      ctx.res.statusCode = statusCode;
      return outcome();
    });
  }
}

/** Whether Koa would send the body as it is and do nothing else. */
function isPlain(ctx: HttpContext): boolean {
  const { body, res } = ctx;
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) return false;
  return (
    res.statusCode >= 200 &&
    res.statusCode !== 204 &&
    res.statusCode !== 205 &&
    res.statusCode !== 304 &&
    ctx.method !== 'HEAD' &&
    ctx.respond !== false &&
    ctx.writable
  );
}

interface Found {
  readonly handle: RouteHandler;
  readonly params: Readonly<Record<string, string>>;
}

interface Ending {
  readonly handle: RouteHandler;
  readonly name: string;
}

/** `/quotes/:id`: one parameter, at the end. */
const ENDS_IN_PARAMETER = /^([^:*{]*\/):(\w+)$/;
const WITHOUT_PARAMETER = /^[^:*{]*$/;

/**
 * Finds most handlers without the router: a path without parameters by itself, one that ends in its only parameter by
 * what stands before it. What is not found here is the router's to answer.
 */
export class QuickRoutes {
  readonly #whole = new Map<string, RouteHandler>();
  readonly #endings = new Map<string, Ending>();

  /** In the order of the routes: of two alike the first stands. A whole path comes before one with a parameter, so list it first. */
  add({ method, path }: Pick<Route, 'method' | 'path'>, handle: RouteHandler): void {
    const methods = method === 'GET' ? ['GET', 'HEAD'] : [method];
    const [, prefix, name] = ENDS_IN_PARAMETER.exec(path) ?? [];
    for (const each of methods) {
      if (WITHOUT_PARAMETER.test(path)) put(this.#whole, `${each} ${path}`, handle);
      else if (prefix !== undefined && name !== undefined) put(this.#endings, `${each} ${prefix}`, { handle, name });
    }
  }

  find(method: string, path: string): Found | undefined {
    const whole = this.#whole.get(`${method} ${path}`);
    if (whole !== undefined) return { handle: whole, params: {} };
    const start = path.lastIndexOf('/') + 1;
    const ending = this.#endings.get(`${method} ${path.slice(0, start)}`);
    const value = path.slice(start);
    // An escaped value is left to the router, which knows how to refuse what cannot be decoded.
    if (ending === undefined || value === '' || value.includes('%')) return undefined;
    return { handle: ending.handle, params: { [ending.name]: value } };
  }

  /** These routes, and for all else the router with what it says of a wrong path or method. */
  before(router: Router<RequestState>): HttpMiddleware {
    const [search, refuse] = [router.routes(), router.allowedMethods()] as unknown as [HttpMiddleware, HttpMiddleware];
    return (ctx, next) => {
      const found = this.find(ctx.method, ctx.path);
      if (found === undefined) return ctx.path === '*' ? answerForAll(ctx) : search(ctx, () => refuse(ctx, next));
      return found.handle(Object.assign(ctx, { params: found.params }));
    };
  }
}

/** `OPTIONS *` asks whether the server is there, not about a path (RFC 9110, 9.3.7). */
async function answerForAll(ctx: HttpContext): Promise<void> {
  ctx.status = 204;
  ctx.set('Allow', 'GET, HEAD, POST, PUT, DELETE, OPTIONS');
}

function put<V>(table: Map<string, V>, key: string, value: V): void {
  if (!table.has(key)) table.set(key, value);
}
