import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/eventually.ts';
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

async function counted(): Promise<number> {
  const metrics = await (await fetch(`${app.adminUrl}/metrics`)).text();
  const values = metrics.split('\n').filter((line) => line.startsWith('http_requests_total{'));
  return values.reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
}

const GET = 'GET /things/1 HTTP/1.1\r\n';
const POST =
  'POST /forms HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n';

describe('a request that is none', () => {
  it.each([
    ['what is not HTTP', 'GARBAGE\r\n\r\n', 400],
    ['a line of HTTP/0.9', 'POST /forms\r\n\r\n', 400],
    ['a line of HTTP/0.9 with a host', 'POST /forms\nHost: x\n\nname=x', 400],
    ['HTTP/2 in plain text', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['a version to come', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', 505],
    ['an address that is none', 'GET http://[/quotes HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['an address without a host', 'GET http:///quotes HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['an address with a port that is none', 'GET http://a:99999/quotes HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['an address with letters for a port', 'GET http://a:b/quotes HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['an address of another protocol', 'GET ftp://a/quotes HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['an address with a password', 'GET http://me:word@a/quotes HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a Host with a port that is none', 'GET /quotes HTTP/1.1\r\nHost: a:65536\r\n\r\n', 400],
    ['no host', `${GET}\r\n`, 400],
    ['a host with a space', `${GET}Host: a b\r\n\r\n`, 400],
    ['a host with a path', `${GET}Host: a/b\r\n\r\n`, 400],
    ['two hosts', `${GET}Host: a\r\nHost: b\r\n\r\n`, 400],
    ['a line that ends with LF alone', `${GET}Host: a\nX: b\r\n\r\n`, 400],
    ['a header that is folded', `${GET}Host: a\r\nX: b\r\n c\r\n\r\n`, 400],
    ['a NUL in a header', `${GET}Host: a\r\nX: \0\r\n\r\n`, 400],
    ['a flood of headers', `${GET}Host: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['an asterisk that is no question to the server', 'GET * HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a first message of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01', 400],
    ['the line of a proxy protocol', `PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n${GET}Host: a\r\n\r\n`, 400],
    ['two kinds of length', `${POST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['two lengths', `${POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
    ['a length with a sign', `${POST}Content-Length: +1\r\n\r\na`, 400],
    ['a space before a colon', `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, 400],
    ['an unknown coding', `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 501],
    ['a coding beside chunked', `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 501],
    ['chunks in HTTP/1.0', `${POST.replace('1.1', '1.0')}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['a chunk whose size is no number', `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\na\r\n0\r\n\r\n`, 400],
    ['a chunk whose line ends with LF alone', `${POST}Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n`, 400],
    ['an expectation that is unknown', `${GET}Host: a\r\nExpect: magic\r\n\r\n`, 417],
    ['what is meant for a proxy', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 501],
  ])('is answered as a problem, logged and counted: %s', async (_, bytes, status) => {
    const [lines, before] = [app.lines.length, await counted()];
    const [head = '', body = ''] = (await send(bytes)).split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain('Content-Type: application/problem+json');
    expect(head.toLowerCase()).toContain('connection: close');
    expect(head).toMatch(/^Date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT\r?$/m);
    const problem = JSON.parse(body);
    expect(problem).toMatchObject({ type: 'about:blank', status, detail: expect.any(String) });
    expect(head).toContain(`X-Request-Id: ${problem.requestId}`);
    const logged = app.lines.slice(lines).map((line) => JSON.parse(line));
    expect(logged.filter(({ msg }) => msg === 'request')).toMatchObject([{ status, requestId: problem.requestId }]);
    expect(await counted()).toBe(before + 1);
  });

  it('does no harm when its client leaves before it reads the answer', async () => {
    for (const bytes of ['CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 'GARBAGE\r\n\r\n', GET]) {
      const before = app.lines.length;
      const socket = connect(app.running.httpPort, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(bytes);
      if (bytes !== GET) await eventually(() => expect(app.lines.length).toBeGreaterThan(before));
      socket.resetAndDestroy();
    }
    expect(await send(`${GET}Host: a\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('is answered on a connection that has served before', async () => {
    const socket = connect(app.running.httpPort, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`${GET}Host: a\r\n\r\n`);
    expect(String((await once(socket, 'data'))[0])).toContain('HTTP/1.1 200');
    socket.write('GARBAGE\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('is counted beside the request whose answer it follows', async () => {
    const before = await counted();
    expect(await send(`${GET}Host: a\r\n\r\nGARBAGE\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await counted()).toBe(before + 2);
  });

  it('is not one whose client ends its side once it has asked: it still reads the answer', async () => {
    const socket = connect(app.running.httpPort, '127.0.0.1');
    socket.end(`${GET}Host: a\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 [\s\S]*\{"id":"1"\}$/);
  });

  it('is answered as one where its client ends its side in the middle', async () => {
    for (const bytes of [`${GET}Hos`, `${POST}Content-Length: 9\r\n\r\nname`]) {
      const socket = connect(app.running.httpPort, '127.0.0.1');
      socket.end(bytes);
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
    }
  });

  it('is not one whose headers are many: the last of 3,000 counts', async () => {
    const flood = 'a:\r\n'.repeat(3_000);
    const answer = await send(`${GET}Connection: close\r\n${flood}Host: a\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('is not a request to another host, of an older version, or with an address that names the host', async () => {
    for (const bytes of [
      `${GET}Host: [::1]:8080\r\nConnection: close\r\n\r\n`,
      `${GET}Host: \r\nConnection: close\r\n\r\n`,
      'GET /things/1 HTTP/1.0\r\n\r\n',
      'GET http://a/things/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    ])
      expect(await send(bytes)).toMatch(/^HTTP\/1\.1 200 /);
  });
});
