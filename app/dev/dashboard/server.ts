import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { ADMIN_PATHS, type ServiceName } from '../../contract.ts';
import { readAsset } from '../../src/services/front/assets.ts';
import { ask } from '../ask.ts';
import type { PortPlan } from '../ports.ts';
import { dataPage, readData } from './data.tsx';
import { logsPage, overviewPage, tracesPage } from './pages.tsx';
import { type Recorder, SAMPLE_EVERY_MS } from './recorder.ts';

export interface DashboardProps {
  readonly recorder: Recorder;
  readonly services: readonly ServiceName[];
  readonly ports: PortPlan;
  /** Undefined where the store is inside the process of the services. */
  readonly redisUrl: string | undefined;
}

const FILES: Readonly<Record<string, readonly [type: string, read: () => Buffer]>> = {
  '/style.css': ['text/css', () => readAsset('style.css')],
  '/dashboard.css': ['text/css', () => readFileSync(join(import.meta.dirname, 'dashboard.css'))],
  '/eb-garamond.woff2': ['font/woff2', () => readAsset('eb-garamond.woff2')],
  '/eb-garamond-italic.woff2': ['font/woff2', () => readAsset('eb-garamond-italic.woff2')],
};
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** The dashboard of a laptop, and the receiver of its traces: on the loopback alone, and nothing leaves the machine. */
export async function startDashboard(props: DashboardProps): Promise<Server> {
  const { recorder, services, ports } = props;
  const server = createServer((request, response) => {
    answer(props, request, response).catch((error: unknown) => {
      response
        .writeHead(400, { 'content-type': 'text/plain' })
        .end(String(error instanceof Error ? error.message : error));
    });
  });
  const sampling = setInterval(() => {
    for (const name of services)
      void ask(`http://127.0.0.1:${ports.admin[name]}${ADMIN_PATHS.metrics}`).then(
        ({ status, text }) => status === 200 && recorder.addMetrics(name, text),
      );
  }, SAMPLE_EVERY_MS);
  sampling.unref();
  server.once('close', () => clearInterval(sampling));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(ports.dashboard, '127.0.0.1', resolve);
  });
  server.unref();
  return server;
}

async function answer(props: DashboardProps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { recorder, services, ports } = props;
  // A page of somebody else's may point a name of its own to this machine; it cannot choose the Host.
  if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(request.headers.host ?? '')) return void response.writeHead(421).end();
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (request.method === 'POST' && pathname === '/v1/traces') {
    // A form of a foreign page cannot send this type without asking first.
    if (request.headers['content-type'] !== 'application/json') return void response.writeHead(415).end();
    recorder.addSpans(await json(request));
    return void response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }
  const file = FILES[pathname];
  if (file !== undefined) return void response.writeHead(200, { ...HEADERS, 'content-type': file[0] }).end(file[1]());
  const send = (html: string) =>
    void response.writeHead(200, { ...HEADERS, 'content-type': 'text/html; charset=utf-8' }).end(html);
  switch (pathname) {
    case '/': {
      const states = services.map(async (name) => ({
        name,
        url: `http://localhost:${ports.http[name]}`,
        ready: (await ask(`http://127.0.0.1:${ports.admin[name]}${ADMIN_PATHS.ready}`)).status === 200,
      }));
      return send(overviewPage(await Promise.all(states), recorder));
    }
    case '/logs': {
      const filter = { service: searchParams.get('service') ?? '', words: searchParams.get('q') ?? '' };
      return send(logsPage(recorder.lines, services, filter));
    }
    case '/traces':
      return send(tracesPage(recorder.traces));
    case '/data':
      return send(dataPage(await readData(props.redisUrl)));
    default:
      return void response.writeHead(404).end();
  }
}
