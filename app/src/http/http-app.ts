import { METHODS } from 'node:http';
import Router from '@koa/router';
import type Koa from 'koa';
import type { Logger } from '../runtime/logger.ts';
import type { Service, ServiceContext } from '../runtime/service.ts';
import { Admission, dispatch } from './dispatch.ts';
import { type HttpMiddleware, QuickKoa, QuickRoutes } from './quick-koa.ts';
import { type RequestMiddlewareProps, requestMiddleware } from './request-middleware.ts';
import type { HttpContext, RequestState } from './route.ts';
import { API_HEADERS, type HeaderList, securityHeaders } from './security-headers.ts';

export interface HttpAppProps
  extends Omit<RequestMiddlewareProps, 'app' | 'headers'>,
    Pick<Service, 'routes' | 'middleware' | 'pathsArePersonal' | 'headers'> {
  readonly context: ServiceContext;
}

/** What answers the requests of a service: a Koa application, to which anything of Koa's may be added with `use`. */
export async function createHttpApp(props: HttpAppProps): Promise<Koa<RequestState>> {
  const { middleware = [] } = props;
  const headers = await headersFor(props);
  const app = new QuickKoa(headers, props.draining);
  app.on('error', (err: unknown, ctx?: HttpContext) => report(err, ctx, props));
  app.useOwn(requestMiddleware({ ...props, app, headers }));
  for (const each of middleware) app.use(each);
  app.useOwn(routesOf(props, app));
  return app;
}

/**
 * Whatever a handler or a response failed with; a 503 says nothing that the access line and the Redis log lines do not.
 * Where paths are personal, what a client did wrong is told without its words: a 404 names who is not there.
 */
function report(
  err: unknown,
  ctx: HttpContext | undefined,
  { context: { log }, pathsArePersonal }: HttpAppProps,
): void {
  const status = ctx?.status ?? 500;
  const requestId = ctx?.state?.requestId;
  const told = status < 500 && pathsArePersonal === true ? { status, requestId } : { err, requestId };
  log[status === 500 ? 'error' : 'debug'](told, 'request failed');
  // A body that broke off cannot be mended: the client must see that it is not whole.
  if (ctx?.headerSent && !ctx.res.writableEnded) ctx.res.destroy();
}

/** Without TLS in front, telling a browser to insist on it would lock it out of localhost. */
async function headersFor({ headers = API_HEADERS, context }: HttpAppProps): Promise<HeaderList> {
  const all = await securityHeaders(headers);
  return context.config.plainHttp ? all.filter(([name]) => name !== 'strict-transport-security') : all;
}

function routesOf({ context, metrics, routes }: HttpAppProps, app: QuickKoa): HttpMiddleware {
  // Every method that Node reads is refused with 405 where a path has it not; the router's own list has seven, and a 501 for the rest.
  const router = new Router<RequestState>({ strict: true, sensitive: true, methods: METHODS });
  const table = new QuickRoutes();
  const admission = new Admission(context.config.maxInFlight, () => metrics.shed++);
  const onMislabelled = context.config.defaultSecrets ? warnOnce(context.log) : undefined;
  for (const route of routes) {
    const handle = dispatch(route, { app, secrets: context.secrets, admission, metrics, onMislabelled });
    router.register(route.path, [route.method], handle);
    table.add(route, handle);
  }
  return table.before(router);
}

/** What a laptop lets pass and no other environment does; told once, for it will come again and again. */
function warnOnce(log: Logger): (type: string) => void {
  let isTold = false;
  return (type) => {
    if (!isTold)
      log.warn(
        { type },
        "a JSON body came without 'Content-Type: application/json', which only this environment accepts",
      );
    isTold = true;
  };
}
