import { connect } from 'node:net';
import { brokenRequests } from '../../test/broken-requests.ts';

/** A client that stays longer than this would be the server's to end; the soak watches that they do not pile up. */
const STAYS_MS = 20_000;

/** Clients that do something wrong, `rate` of them a second and one kind after the other, until they are stopped. */
export function faultyClients(port: number, rate: number): { stop(): number } {
  const broken = brokenRequests(20_261_129);
  const page = Buffer.from('GET /quotes?limit=50 HTTP/1.1\r\nHost: a\r\n\r\n');
  let sent = 0;
  const kinds = [
    () => visit(port, broken()),
    // Half a request, and then nothing.
    () => visit(port, page.subarray(0, 30)),
    // Pages that nobody reads.
    () => visit(port, Buffer.concat(Array.from({ length: 20 }, () => page)), 'unread'),
    // Gone as soon as it has asked.
    () => visit(port, page, 'reset'),
  ];
  const timer = setInterval(() => {
    kinds[sent % kinds.length]?.();
    sent += 1;
  }, 1_000 / rate);
  return {
    stop: () => {
      clearInterval(timer);
      return sent;
    },
  };
}

function visit(port: number, bytes: Buffer, manner: 'read' | 'unread' | 'reset' = 'read'): void {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.setTimeout(STAYS_MS, () => socket.destroy());
  if (manner !== 'unread') socket.resume();
  socket.write(bytes, () => {
    if (manner === 'reset') socket.resetAndDestroy();
  });
}
