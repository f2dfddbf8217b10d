import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { breakBody } from '../http/body.ts';
import { HttpProblem, PROBLEM_TYPE, problemDocument } from '../http/problem.ts';
import { REQUEST_ID_HEADER } from '../http/trace-context.ts';
import type { Connections } from './connections.ts';
import { randomHex } from './random-id.ts';

interface Refusal {
  readonly status: number;
  readonly detail: string;
}

/** What is known of a request that never reached the handler. */
export interface Refused {
  readonly status: number;
  readonly requestId: string;
}

/** What Node reports of a request that never reaches the application; anything else is a request that is not HTTP. */
const KNOWN: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'The headers of a request may have at most 16 KiB together.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, detail: 'The chunk extensions of the body are too long.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request did not arrive in time.' },
};
const NOT_HTTP: Refusal = { status: 400, detail: 'This is not a request that HTTP/1.1 knows.' };
const NO_PROXY: Refusal = { status: 501, detail: 'This server is not a proxy.' };
/** Time in which a refused client reads why, before its connection is destroyed. */
const READ_WITHIN_MS = 1_000;

export interface UnreadableRequestsProps {
  readonly server: Server;
  readonly connections: Connections;
  readonly onRefused: (request: Refused) => void;
}

/** Answers what the parser refuses as a problem like any other, where nothing of an answer is under way yet. */
export function answerUnreadableRequests({ server, connections, onRefused }: UnreadableRequestsProps): void {
  const refused = new WeakSet<Duplex>();
  const count = (socket: Duplex, status: number): string => {
    refused.add(socket);
    const requestId = randomHex(16);
    onRefused({ status, requestId });
    return requestId;
  };
  const refuse = (socket: Duplex, { status, detail }: Refusal) => {
    const requestId = count(socket, status);
    // Node lets go of the socket of a CONNECT: nobody else would hear that its client has left.
    socket.on('error', () => {});
    socket.end(answer({ status, detail }, requestId));
    setTimeout(() => socket.destroy(), READ_WITHIN_MS).unref();
  };
  server.on('connect', (_, socket) => refuse(socket, NO_PROXY));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // The parser tells again of each packet of a client that sends on.
    if (refused.has(socket)) return;
    if (!connections.has(socket)) return void socket.destroy(error);
    const refusal = KNOWN[error.code ?? ''] ?? NOT_HTTP;
    const response = connections.responseOf(socket);
    // Browsers open connections in reserve, on which nothing is ever sent.
    if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesRead === 0) socket.destroy(error);
    else if (response === undefined) refuse(socket, refusal);
    else {
      // What follows a whole request is another one, whose answer would come after the one that is under way.
      if (response.req.complete) count(socket, refusal.status);
      else refused.add(socket);
      if (response.headersSent) socket.destroy(error);
      else {
        response.setHeader('Connection', 'close');
        breakBody(response.req, new HttpProblem(refusal.status, refusal));
      }
    }
  });
}

function answer({ status, detail }: Refusal, requestId: string): string {
  const body = JSON.stringify(problemDocument(new HttpProblem(status, { detail }), requestId));
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `${REQUEST_ID_HEADER}: ${requestId}`,
    'Cache-Control: no-store',
    `Date: ${new Date().toUTCString()}`,
    'Connection: close',
  ];
  return `${headers.join('\r\n')}\r\n\r\n${body}`;
}
