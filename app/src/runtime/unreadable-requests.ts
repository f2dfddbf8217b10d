import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { HttpProblem, PROBLEM_TYPE, problemDocument } from '../http/problem.ts';
import { REQUEST_ID_HEADER } from '../http/request-id.ts';
import { randomHex } from './random-id.ts';

interface Unreadable {
  readonly status: number;
  readonly detail: string;
}

/** What Node reports of a request that never reaches the application; anything else is a request that is not HTTP. */
const KNOWN: Readonly<Record<string, Unreadable>> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'The headers of a request may have at most 16 KiB together.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, detail: 'The chunk extensions of the body are too long.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request did not arrive in time.' },
};
const NOT_HTTP: Unreadable = { status: 400, detail: 'This is not a request that HTTP/1.1 knows.' };

/** Answers what the parser refuses as a problem like any other, where nothing of an answer is under way yet. */
export function answerUnreadableRequests(server: Server): void {
  const responses = new WeakMap<Socket, ServerResponse>();
  server.on('request', (req, res) => responses.set(req.socket, res));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const current = responses.get(socket);
    const underWay = current?.headersSent === true && !current.writableFinished;
    if (error.code === 'ECONNRESET' || !socket.writable || underWay) socket.destroy(error);
    else socket.end(answer(KNOWN[error.code ?? ''] ?? NOT_HTTP));
  });
}

function answer({ status, detail }: Unreadable): string {
  const requestId = randomHex(16);
  const body = JSON.stringify(problemDocument(new HttpProblem(status, { detail }), requestId));
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `${REQUEST_ID_HEADER}: ${requestId}`,
    'Cache-Control: no-store',
    'Connection: close',
  ];
  return `${headers.join('\r\n')}\r\n\r\n${body}`;
}
