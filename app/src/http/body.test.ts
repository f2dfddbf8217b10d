import { once } from 'node:events';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sample } from '../../../test/fixtures/sample-service.ts';
import { runApp, type TestApp } from '../../../test/run-app.ts';
import { MAX_BODY_BYTES } from './body.ts';

let app: TestApp;
beforeAll(async () => {
  app = await runApp({
    service: 'quotes',
    module: sample,
    env: { DEFAULT_SECRETS: 'false', ADMIN_KEY: '0123456789abcdef' },
  });
});
afterAll(() => app.stop());

const post = (body: string | Uint8Array, type = 'application/json', headers = {}) =>
  fetch(`${app.url}/things`, { method: 'POST', body: body as BodyInit, headers: { 'Content-Type': type, ...headers } });

describe('bodies', () => {
  it('are refused above the bound, announced or not', async () => {
    expect((await post(JSON.stringify({ name: 'x'.repeat(MAX_BODY_BYTES) }))).status).toBe(413);
    const endless = new ReadableStream({
      start(stream) {
        stream.enqueue(Buffer.alloc(MAX_BODY_BYTES + 1, 'x'));
        stream.close();
      },
    });
    const init = { method: 'POST', body: endless, duplex: 'half', headers: { 'Content-Type': 'application/json' } };
    expect((await fetch(`${app.url}/things`, init as RequestInit)).status).toBe(413);
  });

  it('that are too long are read past, so that every client reads the answer and not a reset', async () => {
    const piece = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    for (let count = 0; count < 30; count++) {
      const socket = connect(app.running.httpPort, '127.0.0.1');
      socket.write('POST /things HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n');
      socket.write(`Transfer-Encoding: chunked\r\n\r\n${piece.repeat(8)}0\r\n\r\n`);
      expect(await textOf(socket)).toMatch(/^HTTP\/1.1 413 /);
    }
  });

  it('are invited from a client that waits for it, once nothing is against them', async () => {
    const ask = async (target: string, headers: string, body: string) => {
      const socket = connect(app.running.httpPort, '127.0.0.1');
      socket.write(`${target} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n${headers}\r\n`);
      const [first] = (await once(socket, 'data')) as [Buffer];
      socket.end(body);
      return [`${first}`.split('\r\n', 1)[0], `${first}${await textOf(socket)}`];
    };
    const body = '{"name":"ab","size":1}';
    const json = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    const [first, all] = await ask('POST /things', `${json}Connection: close\r\n`, body);
    expect(first).toBe('HTTP/1.1 100 Continue');
    expect(all).toMatch(/^HTTP.1.1 100 Continue\r\n\r\nHTTP.1.1 201 Created\r\n/);
    for (const [target, headers, status] of [
      ['DELETE /things/a', json, '401 Unauthorized'],
      ['POST /nowhere', json, '404 Not Found'],
      ['POST /things', 'Content-Type: text/csv\r\nContent-Length: 5\r\n', '415 Unsupported Media Type'],
      ['POST /things', 'Content-Type: application/json\r\nContent-Length: 70000\r\n', '413 Payload Too Large'],
    ] as const) {
      const [refused, rest] = await ask(target, headers, '');
      expect(refused).toBe(`HTTP/1.1 ${status}`);
      expect(rest).toMatch(/^Connection: close\r$/im);
    }
  });

  it('are read whatever the case of their encoding, as long as it is none', async () => {
    const body = JSON.stringify({ name: 'ab', size: 1 });
    expect((await post(body, 'application/json', { 'Content-Encoding': 'Identity' })).status).toBe(201);
    expect((await post(body, 'application/json', { 'Content-Encoding': 'gzip' })).status).toBe(415);
  });

  it('are refused in another character set than UTF-8, however it is written', async () => {
    const body = JSON.stringify({ name: 'ab', size: 1 });
    expect((await post(body, 'application/json; charset="UTF-8"')).status).toBe(201);
    expect((await post(body, 'application/json;charset=utf8')).status).toBe(201);
    const refused = await post(body, 'application/json; charset=ISO-8859-1');
    expect(refused.status).toBe(415);
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining("'iso-8859-1' is not accepted") });
    expect((await post(Buffer.from(body, 'utf16le'), 'application/json; charset=utf-16')).status).toBe(415);
  });

  it('without an end are not read for ever', async () => {
    const socket = connect(app.running.httpPort, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      'POST /things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    const piece = Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`);
    const sending = setInterval(() => socket.write(piece), 1);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(sending);
    expect(socket.bytesWritten).toBeLessThan(64 * 2 ** 20);
  });

  it('that break off or are no chunks are a mistake of the client', async () => {
    const socket = connect(app.running.httpPort, '127.0.0.1');
    socket.write(
      'POST /things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{"\r\n',
    );
    socket.write('zz\r\n');
    expect(await textOf(socket)).toMatch(/^HTTP\/1.1 400 /);
  });

  it('are refused in another type or encoding', async () => {
    expect((await post('name=x', 'text/plain')).status).toBe(415);
    expect((await post('{}', 'application/json', { 'Content-Encoding': 'gzip' })).status).toBe(415);
  });

  it('that are refused are told what would be accepted: a type, or a coding', async () => {
    const told = async (...of: Parameters<typeof post>) => {
      const { headers } = await post(...of);
      return [headers.get('accept'), headers.get('accept-encoding')];
    };
    expect(await told('name=x', 'text/plain')).toEqual(['application/json', null]);
    expect(await told('{}', 'application/json', { 'Content-Encoding': 'gzip' })).toEqual([null, 'identity']);
  });

  it('must be JSON in UTF-8', async () => {
    expect((await post('{"name":')).status).toBe(400);
    expect((await post(Buffer.from([0x22, 0xff, 0x22]))).status).toBe(400);
    expect((await post('')).status).toBe(400);
  });

  it('may be nested ever so deep, or name the prototype, without harm', async () => {
    expect((await post('['.repeat(60_000))).status).toBe(400);
    expect((await post(`${'['.repeat(30_000)}${']'.repeat(30_000)}`)).status).toBe(400);
    const polluted = await post(
      '{"name":"ok","size":1,"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}',
    );
    expect(polluted.status).toBe(400);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('must be UTF-8 where they are forms', async () => {
    const submit = async (fields: string) => {
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
      const response = await fetch(`${app.url}/forms`, { method: 'POST', body: fields, headers });
      return [response.status, (await response.json()).detail];
    };
    const refused = [400, 'The form cannot be decoded: escape it as UTF-8, and % as %25.'];
    for (const fields of ['name=caf%E9', 'name=%', '%ff=1', 'name=%ed%a0%80']) {
      expect(await submit(fields), fields).toEqual(refused);
    }
    expect((await submit('name=100%25+caf%C3%A9'))[0]).toBe(200);
  });

  it('may be a form, in which a prototype is a field like any other', async () => {
    const body = new URLSearchParams({ name: 'é', __proto__: 'x' });
    const response = await fetch(`${app.url}/forms`, { method: 'POST', body });
    expect(await response.json()).toEqual({ name: 'é' });
  });
});
