import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests that wait on a connection for the answer before theirs; one that sends more at once is cut. */
const MAX_PIPELINED = 128;
/** Above every balancer's idle timeout (60 s is common): the side that closes first must not be the server. */
const KEEP_ALIVE_MS = 75_000;
/** A client that has read nothing of its answer for so long is cut. */
const WRITE_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 1_000;
/** Connections of one process; further ones are closed as they come. */
const MAX_CONNECTIONS = 10_000;
/** While draining: what a request that is still being sent is given to arrive, and a written answer to be read. */
const ARRIVE_WITHIN_MS = 1_000;
const READ_WITHIN_MS = 5_000;

/** Why a connection was ended by us; a label of a metric. */
export const CUTS = ['pipelined', 'unread', 'too_many', 'handshake'] as const;
export type Cut = (typeof CUTS)[number];

interface Connection {
  /** The latest response that was begun. */
  current: ServerResponse | undefined;
  readonly waiting: [IncomingMessage, ServerResponse][];
  /** What had been read of it when it was looked at, and since when it is as much. */
  read: number;
  since: number;
}

/** A response as Node keeps it. */
type Timed = ServerResponse & { _keepAliveTimeout: number };

export interface ConnectionsProps {
  readonly server: Server;
  readonly handle: RequestListener;
  readonly onCut: (reason: Cut) => void;
  /** @default 75000 */
  readonly keepAliveMs?: number;
  /** @default 30000 */
  readonly writeTimeoutMs?: number;
  /** @default 1000 */
  readonly lookEveryMs?: number;
}

/**
 * Bounds what one connection can hold: its requests are worked on one after the other, each once the answer before it has
 * left the process. Node works on all that one packet brings, and keeps what nobody reads.
 */
export class Connections {
  readonly #props: ConnectionsProps;
  readonly #open = new Map<Socket, Connection>();

  constructor(props: ConnectionsProps) {
    this.#props = props;
    const { server, onCut } = props;
    server.maxConnections = MAX_CONNECTIONS;
    server.on('drop', () => onCut('too_many'));
    server.on('tlsClientError', () => onCut('handshake'));
    server.on('setSecureContext' in server ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#open.set(socket, { current: undefined, waiting: [], read: 0, since: performance.now() });
      socket.once('close', () => this.#open.delete(socket));
    });
    server.on('timeout', (socket: Socket) => {
      onCut('unread');
      socket.destroy();
    });
    // Node's own would be a timer that is set and taken back for each request: a twentieth of a small read.
    server.keepAliveTimeout = 0;
    const { keepAliveMs = KEEP_ALIVE_MS, writeTimeoutMs = WRITE_TIMEOUT_MS, lookEveryMs = LOOK_EVERY_MS } = props;
    const timer = setInterval(() => this.#look(keepAliveMs, writeTimeoutMs), lookEveryMs).unref();
    server.once('close', () => clearInterval(timer));
    // Node's own ends a connection once its answer is written, though half of it may not be sent yet.
    const closeIdle = server.closeIdleConnections.bind(server);
    server.closeIdleConnections = () => {
      if (![...this.#open.keys()].some((socket) => socket.writableLength > 0)) closeIdle();
    };
    server.on('checkContinue', inviteWhenRead);
    for (const event of ['request', 'checkContinue', 'checkExpectation'] as const)
      server.on(event, (req, res) => this.#take(req, res));
  }

  get count(): number {
    return this.#open.size;
  }

  /** Whether requests may come on this socket: not before a TLS handshake has ended well. */
  has(socket: Socket): boolean {
    return this.#open.has(socket);
  }

  /** The response that is under way on a connection. */
  responseOf(socket: Socket): ServerResponse | undefined {
    const current = this.#open.get(socket)?.current;
    return isOver(current) ? undefined : current;
  }

  /** Ends the connections that need not be waited for, the given time after the server stopped to accept. */
  sweep(elapsedMs: number): void {
    for (const [socket, { current }] of this.#open) {
      const isArriving = isOver(current) || !current.req.complete;
      const isUnread = !isOver(current) && current.writableEnded;
      if (isOver(current) && socket.bytesRead === 0) socket.destroy();
      else if (isArriving && elapsedMs > ARRIVE_WITHIN_MS) socket.destroy();
      else if (isUnread && elapsedMs > READ_WITHIN_MS) socket.destroy();
    }
  }

  /** Ends what has been idle for too long, and has Node watch what is not read: it sees whether some of it was taken. */
  #look(keepAliveMs: number, writeTimeoutMs: number): void {
    const now = performance.now();
    for (const [socket, connection] of this.#open) {
      const limit = socket.writableLength > 0 ? writeTimeoutMs : 0;
      if ((socket.timeout ?? 0) !== limit) socket.setTimeout(limit);
      const { bytesRead } = socket;
      if (bytesRead !== connection.read || !isOver(connection.current)) {
        Object.assign(connection, { read: bytesRead, since: now });
      } else if (now - connection.since > keepAliveMs) socket.destroy();
    }
  }

  #take(req: IncomingMessage, res: ServerResponse): void {
    const connection = this.#open.get(req.socket);
    if (connection === undefined || req.socket.destroyed) return;
    const { current, waiting } = connection;
    if (isOver(current)) this.#serve(connection, req, res);
    else if (waiting.push([req, res]) === 1) current.once('close', () => this.#next(connection));
    else if (waiting.length > MAX_PIPELINED) {
      this.#props.onCut('pipelined');
      waiting.length = 0;
      req.socket.destroy();
    }
  }

  #next(connection: Connection): void {
    const [next] = connection.waiting.splice(0, 1);
    if (next === undefined || next[0].socket.destroyed) return;
    this.#serve(connection, ...next);
    if (connection.waiting.length > 0) next[1].once('close', () => this.#next(connection));
  }

  #serve(connection: Connection, req: IncomingMessage, res: ServerResponse): void {
    connection.current = res;
    // What the answer promises, as Node itself would.
    (res as Timed)._keepAliveTimeout = KEEP_ALIVE_MS;
    void this.#props.handle(req, res);
  }
}

function isOver(response: ServerResponse | undefined): response is undefined {
  return response === undefined || response.writableFinished;
}

/** Invites a body when a route or a middleware begins to read it. Whoever answers without reading it leaves it where it is. */
function inviteWhenRead(req: IncomingMessage, res: ServerResponse): void {
  const read = req._read;
  req._read = (size) => {
    // Node asks for more by itself too, once something has arrived.
    if (req.readableFlowing !== null && awaitsContinue(req)) {
      delete req.headers.expect;
      if (!res.headersSent) res.writeContinue();
    }
    read.call(req, size);
  };
}

/** Whether the sender of a body holds it back until it is invited. */
export function awaitsContinue({ headers, httpVersionMinor }: IncomingMessage): boolean {
  return httpVersionMinor === 1 && headers.expect?.toLowerCase() === '100-continue';
}
