import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { RequestMetrics } from '../http/request-metrics.ts';
import { answerUnreadableRequests } from './unreadable-requests.ts';

/** Above every balancer's idle timeout (60 s is common): the side that closes first must not be the server. */
const KEEP_ALIVE_MS = 75_000;
/** A head must arrive within this time, or the connection is closed (slow-loris). */
const HEADERS_TIMEOUT_MS = 10_000;
/** A whole request must arrive within this time. */
const REQUEST_TIMEOUT_MS = 15_000;
const CHECK_TIMEOUTS_EVERY_MS = 2_000;
/** Bytes of all headers together; above it Node answers 431. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Connections that wait to be accepted: Node's 511 are fewer than a proxy opens at once in a burst; the kernel bounds it by somaxconn. */
const BACKLOG = 4_096;
/** How often idle connections are looked for while draining. */
const SWEEP_EVERY_MS = 100;

/** An HTTP server with bounds on everything that a client may stretch. */
export function createListener(handler: RequestListener, metrics?: RequestMetrics): Server {
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_TIMEOUTS_EVERY_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    handler,
  );
  trackOpen(server);
  answerUnreadableRequests(server);
  if (metrics) countConnections(server, metrics);
  return server;
}

function countConnections(server: Server, metrics: RequestMetrics): void {
  server.on('connection', (socket) => {
    metrics.connections++;
    socket.once('close', () => metrics.connections--);
  });
}

export interface ListenOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** @default - every address */
  readonly host?: string | undefined;
}

/** Listens, and returns the port. */
export async function listen(server: Server, { port, host }: ListenOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: BACKLOG }, () => resolve());
  });
  return (server.address() as AddressInfo).port;
}

/** Stops accepting, closes connections as they fall idle, resolves once the last request is answered. */
export async function closeGracefully(server: Server): Promise<void> {
  const sweep = setInterval(() => closeIdle(server), SWEEP_EVERY_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    closeIdle(server);
  });
  clearInterval(sweep);
}

/** Node counts a connection that has never sent a byte among the busy ones; a balancer keeps such in reserve. */
function closeIdle(server: Server): void {
  server.closeIdleConnections();
  for (const socket of opened.get(server) ?? []) if (socket.bytesRead === 0) socket.destroy();
}

/** Open connections of each server. */
const opened = new WeakMap<Server, Set<Socket>>();

function trackOpen(server: Server): void {
  const sockets = new Set<Socket>();
  opened.set(server, sockets);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
}
