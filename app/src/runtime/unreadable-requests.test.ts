import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sample } from '../../../test/fixtures/sample-service.ts';
import { runApp, type TestApp } from '../../../test/run-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await runApp({ service: 'quotes', module: sample });
});
afterAll(() => app.stop());

/** Sends bytes as they are; resolves to everything that came back once the server has closed. */
async function send(bytes: string): Promise<string> {
  const socket = connect(app.running.httpPort, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes);
  return await text(socket);
}

it.each([
  ['what is not HTTP', 'GARBAGE\r\n\r\n', 400],
  [
    'two lengths of one body',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    400,
  ],
  ['a flood of headers', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
])('answers %s with a problem that has a request id', async (_, bytes, status) => {
  const [head = '', body = ''] = (await send(bytes)).split('\r\n\r\n');
  expect(head).toContain(`HTTP/1.1 ${status} `);
  expect(head).toContain('Content-Type: application/problem+json');
  expect(head).toContain('Connection: close');
  const problem = JSON.parse(body);
  expect(problem).toMatchObject({ type: 'about:blank', status, detail: expect.any(String) });
  expect(head).toContain(`X-Request-Id: ${problem.requestId}`);
});

it('answers on a connection that has served before', async () => {
  const socket = connect(app.running.httpPort, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('GET /things/1 HTTP/1.1\r\nHost: a\r\n\r\n');
  expect(String((await once(socket, 'data'))[0])).toContain('HTTP/1.1 200');
  socket.write('GARBAGE\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
});
