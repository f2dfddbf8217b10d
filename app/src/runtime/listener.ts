import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Connections, type Cut } from './connections.ts';
import type { TlsFiles } from './tls-files.ts';
import { answerUnreadableRequests, type Refused } from './unreadable-requests.ts';

/** A head must arrive within this time, or the connection is closed (slow-loris). */
const HEADERS_TIMEOUT_MS = 10_000;
/** A whole request must arrive within this time. */
const REQUEST_TIMEOUT_MS = 15_000;
/** Shorter than a shutdown: a connection without an end to its handshake is nobody's to sweep. */
const HANDSHAKE_TIMEOUT_MS = 5_000;
const CHECK_TIMEOUTS_EVERY_MS = 2_000;
/** Bytes of all headers together; above it Node answers 431. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Connections that wait to be accepted: Node's 511 are fewer than a proxy opens at once in a burst; the kernel bounds it by somaxconn. */
const BACKLOG = 4_096;
/** How often connections that need not be waited for are looked for while draining. */
const SWEEP_EVERY_MS = 100;

export interface ListenerProps {
  readonly handle: RequestListener;
  /** Told of requests that never reach the handler. @default - nobody is */
  readonly onRefused?: (request: Refused) => void;
  /** Told of connections that are ended for what their client does. @default - nobody is */
  readonly onCut?: (reason: Cut) => void;
  /** Its certificate; a client then needs one of the same authority. @default - plain HTTP */
  readonly tls?: TlsFiles | undefined;
}

/** An HTTP server with bounds on everything that a client may stretch. */
export class Listener {
  readonly #server: Server;
  readonly #connections: Connections;

  constructor({ handle, onRefused = () => {}, onCut = () => {}, tls }: ListenerProps) {
    const options: ServerOptions = {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_TIMEOUTS_EVERY_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Headers that come twice are seen as such instead of the first one alone, and a missing Host is the handler's to refuse.
      joinDuplicateHeaders: true,
      requireHostHeader: false,
    };
    const server = tls === undefined ? createServer(options) : mutualServer(options, tls);
    // Node drops headers beyond the 2,000th in silence, the admin key among them; their bytes are bounded above.
    server.maxHeadersCount = 0;
    // A client may end its side once it has asked. Node's own default ends the connection before the answer; its types leave this out.
    // Not within TLS: sockets that stay half open would also keep handshakes that were given up, and with them a shutdown, for seconds.
    Object.assign(server, { httpAllowHalfOpen: true });
    this.#server = server;
    this.#connections = new Connections({ server, handle, onCut });
    answerUnreadableRequests({ server, connections: this.#connections, onRefused });
  }

  /** Open connections of clients. */
  get connections(): number {
    return this.#connections.count;
  }

  /** Listens, and returns the port. @param port 0 takes a free one @param host undefined for every address */
  async listen(port: number, host?: string | undefined): Promise<number> {
    const server = this.#server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host, backlog: BACKLOG }, () => resolve());
    });
    return (server.address() as AddressInfo).port;
  }

  /** Stops accepting, closes connections as they fall idle, resolves once the last request is answered. */
  async close(): Promise<void> {
    const started = performance.now();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const sweep = () => {
      this.#server.closeIdleConnections();
      this.#connections.sweep(performance.now() - started);
    };
    sweep();
    const timer = setInterval(sweep, SWEEP_EVERY_MS);
    await closed;
    clearInterval(timer);
  }
}

/** A client without a certificate of our authority does not get as far as a request. Connections that are open outlive a renewal. */
function mutualServer(options: ServerOptions, tls: TlsFiles): Server {
  const mutual = { requestCert: true, rejectUnauthorized: true, handshakeTimeout: HANDSHAKE_TIMEOUT_MS };
  const server = createTlsServer({ ...options, ...mutual, ...tls.current });
  tls.onChange((identity) => server.setSecureContext(identity));
  return server;
}
