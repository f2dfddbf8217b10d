import * as z from 'zod';
import { ADMIN_PATHS, COMMON_PATHS } from '../../contract.ts';
import type { Config } from '../runtime/config.ts';
import { READY, type Readiness } from '../runtime/readiness.ts';
import { openApiDocument } from './openapi.ts';
import { type Route, route } from './route.ts';

export const ServiceInfo = z.object({
  service: z.string(),
  version: z.string(),
  environment: z.string(),
  message: z.string(),
  timestamp: z.iso.datetime(),
});

export const Health = z.object({
  status: z.enum(['ok', 'unavailable']),
  service: z.string(),
  version: z.string(),
  reason: z.string().optional(),
});

export interface CommonRoutesProps {
  readonly config: Config;
  /** What the service is for, in one sentence: the message of `/` and the description of its OpenAPI document. */
  readonly message: string;
  readonly routes: readonly Route[];
  readonly readiness: () => Readiness;
}

/** What `GET /` of a service tells. */
export function serviceInfo(config: Config, message: string): z.infer<typeof ServiceInfo> {
  const { service, version, environment } = config;
  return { service, version, environment, message, timestamp: new Date().toISOString() };
}

/** The routes that every service answers; a service's own route of the same path (the front's home) stands instead. */
export function commonRoutes(props: CommonRoutesProps): Route[] {
  const own = new Set(props.routes.filter(({ method }) => method === 'GET').map(({ path }) => path));
  const common = [rootRoute(props), healthRoute(props), ...probeRoutes(props)].filter(({ path }) => !own.has(path));
  return [...common, openApiRoute({ ...props, routes: [...props.routes, ...common] })];
}

function rootRoute({ config, message }: CommonRoutesProps): Route {
  return route({
    method: 'GET',
    path: COMMON_PATHS.root,
    summary: 'What this service is',
    responses: { 200: { description: 'Name, version and environment', schema: ServiceInfo } },
    handle(ctx) {
      ctx.body = serviceInfo(config, message);
    },
  });
}

function healthRoute({ config, readiness }: CommonRoutesProps): Route {
  const { service, version } = config;
  return route({
    method: 'GET',
    path: COMMON_PATHS.health,
    summary: 'Whether this service can do its work',
    responses: {
      200: { description: 'It can', schema: Health },
      503: { description: 'It cannot, and why', schema: Health },
    },
    handle(ctx) {
      const state = readiness();
      ctx.set('Cache-Control', 'no-store');
      ctx.status = state.ready ? 200 : 503;
      ctx.body = {
        status: state.ready ? 'ok' : 'unavailable',
        service,
        version,
        ...(!state.ready && { reason: state.reason }),
      };
    },
  });
}

/** The probes of the admin port, also where the original project's manifests look for them. */
function probeRoutes({ readiness }: CommonRoutesProps): Route[] {
  const probe = (path: string, summary: string, state: () => Readiness) =>
    route({
      method: 'GET',
      path,
      internal: true,
      summary,
      responses: { 200: { description: 'Yes' }, 503: { description: 'No, and why' } },
      handle(ctx) {
        const now = state();
        ctx.set('Cache-Control', 'no-store');
        ctx.status = now.ready ? 200 : 503;
        ctx.body = now.ready ? 'ok\n' : `${now.reason}\n`;
      },
    });
  return [
    probe(ADMIN_PATHS.live, 'Whether the process lives', () => READY),
    probe(ADMIN_PATHS.ready, 'Whether it wants traffic', readiness),
  ];
}

function openApiRoute({ config, message, routes }: CommonRoutesProps): Route {
  let document: string | undefined;
  return route({
    method: 'GET',
    path: COMMON_PATHS.openapi,
    summary: 'This document',
    responses: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) } },
    handle(ctx) {
      // Made when first asked for: start-up should not pay for what is rarely read.
      document ??= JSON.stringify(openApiDocument({ config, description: message, routes }));
      ctx.type = 'application/json';
      ctx.body = document;
    },
  });
}
