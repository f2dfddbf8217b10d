import type { RequestListener } from 'node:http';
import Router from '@koa/router';
import Koa from 'koa';
import type { ServiceContext } from '../runtime/service.ts';
import type { Tracing } from '../runtime/tracing.ts';
import { createAccessLog } from './access-log.ts';
import { Admission } from './admission.ts';
import { dispatch } from './dispatch.ts';
import { envelope, type HttpMiddleware } from './envelope.ts';
import { koaListener } from './koa-listener.ts';
import type { RequestMetrics } from './request-metrics.ts';
import type { RequestState } from './request-state.ts';
import type { ProblemRenderer } from './respond-problem.ts';
import type { HttpContext, Route } from './route.ts';
import { API_HEADERS, type HeaderList, type HelmetOptions, securityHeaders } from './security-headers.ts';
import { StraightRoutes } from './straight-routes.ts';

export interface HttpAppProps {
  readonly context: ServiceContext;
  readonly metrics: RequestMetrics;
  readonly routes: readonly Route[];
  /** @default API_HEADERS */
  readonly headers?: HelmetOptions;
  /** @default - problems are JSON */
  readonly renderProblem?: ProblemRenderer;
  /** @default - off */
  readonly tracing?: Tracing;
  readonly draining: () => boolean;
}

/** What answers the requests of a service: a Koa application, from the list of its routes. */
export async function createHttpApp(props: HttpAppProps): Promise<RequestListener> {
  const { context, metrics } = props;
  const app = new Koa<RequestState>();
  app.on('error', (err: unknown) => context.log.debug({ err }, 'response could not be sent'));
  const surround = envelope({
    log: context.log,
    accessLog: createAccessLog(context.log, context.logSink),
    metrics,
    headers: await headersFor(props),
    draining: props.draining,
    ...(props.renderProblem && { renderProblem: props.renderProblem }),
    ...(props.tracing && { tracing: props.tracing }),
  });
  const handle = createRoutes(props);
  return koaListener(app, (ctx) => surround(ctx, () => handle(ctx)));
}

/** Without TLS in front, telling a browser to insist on it would lock it out of localhost. */
async function headersFor({ headers = API_HEADERS, context }: HttpAppProps): Promise<HeaderList> {
  const all = await securityHeaders(headers);
  return context.config.plainHttp ? all.filter(([name]) => name !== 'strict-transport-security') : all;
}

/** The straight way to a handler, or else the router's, which also says what is wrong with a path or a method. */
function createRoutes({ context, metrics, routes }: HttpAppProps): (ctx: HttpContext) => Promise<void> {
  const router = new Router<RequestState>({ strict: true, sensitive: true });
  const straight = new StraightRoutes();
  const admission = new Admission({ limit: context.config.maxInFlight, onShed: () => metrics.shed++ });
  for (const route of routes) {
    const handle = dispatch(route, { secrets: context.secrets, admission, metrics });
    router.register(route.path, [route.method], handle);
    straight.add(route, handle);
  }
  const [search, refuse] = [router.routes(), router.allowedMethods()] as unknown as [HttpMiddleware, HttpMiddleware];
  return (ctx) => {
    const found = straight.find(ctx.method, ctx.path);
    if (found === undefined) return search(ctx, () => refuse(ctx, async () => {}));
    return found.handle(Object.assign(ctx, { params: found.params }));
  };
}
