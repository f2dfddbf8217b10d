import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import Koa from 'koa';
import helmet from 'koa-helmet';

export type HelmetOptions = NonNullable<Parameters<typeof helmet>[0]>;
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** For JSON: nothing may be loaded, framed or sniffed. What only concerns pages, their links and old browsers is left out. */
export const API_HEADERS: HelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
  },
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  referrerPolicy: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
};

/**
 * The headers that helmet would set, computed once: they are the same for every response,
 * and running a dozen middlewares a request costs more than the route it guards.
 */
export async function securityHeaders(options: HelmetOptions): Promise<HeaderList> {
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  await helmet(options)(new Koa().createContext(req, res), async () => {});
  return Object.entries(res.getHeaders()).map(([name, value]) => [name, String(value)] as const);
}
