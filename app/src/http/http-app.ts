import Router from '@koa/router';
import Koa from 'koa';
import type { ServiceContext } from '../runtime/service.ts';
import type { Tracing } from '../runtime/tracing.ts';
import { createAccessLog } from './access-log.ts';
import { Admission } from './admission.ts';
import { dispatch } from './dispatch.ts';
import { envelope } from './envelope.ts';
import type { RequestMetrics } from './request-metrics.ts';
import type { RequestState } from './request-state.ts';
import type { ProblemRenderer } from './respond-problem.ts';
import type { Route } from './route.ts';
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

/** The Koa application of a service, from the list of its routes. */
export async function createHttpApp(props: HttpAppProps): Promise<Koa<RequestState>> {
  const { context, metrics } = props;
  const app = new Koa<RequestState>();
  const { router, straight } = createRoutes(props);
  app.use(
    envelope({
      log: context.log,
      accessLog: createAccessLog(context.log, context.logSink),
      metrics,
      headers: await headersFor(props),
      draining: props.draining,
      ...(props.renderProblem && { renderProblem: props.renderProblem }),
      ...(props.tracing && { tracing: props.tracing }),
    }),
  );
  app.use(straight);
  app.use(router.routes() as Koa.Middleware<RequestState>);
  app.use(router.allowedMethods() as Koa.Middleware<RequestState>);
  app.on('error', (err: unknown) => context.log.debug({ err }, 'response could not be sent'));
  return app;
}

/** Without TLS in front (dev), telling a browser to insist on it would lock it out of localhost. */
async function headersFor({ headers = API_HEADERS, context }: HttpAppProps): Promise<HeaderList> {
  const all = await securityHeaders(headers);
  return context.config.environment === 'dev' ? all.filter(([name]) => name !== 'strict-transport-security') : all;
}

function createRoutes({ context, metrics, routes }: HttpAppProps) {
  const router = new Router<RequestState>({ strict: true, sensitive: true });
  const straightRoutes = new StraightRoutes();
  const admission = new Admission({ limit: context.config.maxInFlight, onShed: () => metrics.shed++ });
  for (const route of routes) {
    const handle = dispatch(route, { secrets: context.secrets, admission, metrics });
    router.register(route.path, [route.method], handle);
    straightRoutes.add(route, handle);
  }
  const straight: Koa.Middleware<RequestState> = (ctx, next) => {
    const found = straightRoutes.find(ctx.method, ctx.path);
    return found === undefined ? next() : found.handle(Object.assign(ctx, { params: found.params }));
  };
  return { router, straight };
}
