import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/eventually.ts';
import { Connections, type Cut } from './connections.ts';
import { Listener } from './listener.ts';

const GET = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';
const LAST = 'GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

let open: Listener | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await open?.close();
});

async function listen(handle: RequestListener) {
  const cuts: Cut[] = [];
  const listener = new Listener({ handle, onCut: (reason) => cuts.push(reason) });
  open = listener;
  const port = await listener.listen(0);
  const client = async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  return { listener, cuts, client };
}

describe('requests of one connection', () => {
  it('are answered one after the other, in order, however many come in one packet', async () => {
    let [working, most, count] = [0, 0, 0];
    const { client } = await listen((_, res) => {
      working++;
      most = Math.max(most, working);
      const number = ++count;
      setImmediate(() => {
        working--;
        res.end(`answer ${number}.`);
      });
    });
    const socket = await client();
    socket.write(GET.repeat(99) + LAST);
    const answers = (await text(socket)).match(/answer \d+/g);
    expect(answers).toEqual(Array.from({ length: 100 }, (_, index) => `answer ${index + 1}`));
    expect(most).toBe(1);
  });

  it('wait while nobody reads the answers before theirs, so that a client cannot fill the memory', async () => {
    let made = 0;
    let serving: Socket | null = null;
    const { client } = await listen((_, res) => {
      made++;
      serving = res.socket;
      res.end(Buffer.alloc(2 ** 20));
    });
    const socket = await client();
    socket.pause();
    socket.write(GET.repeat(120));
    let before = 0;
    // Until the kernel's buffers take no more.
    await eventually(() => {
      const last = before;
      before = made;
      expect(made).toBe(last);
      expect(serving?.writableLength).toBeGreaterThan(0);
    });
    expect(made).toBeGreaterThan(1);
    expect(made).toBeLessThan(30);
  });

  it('are cut, and counted, beyond a bound', async () => {
    const { cuts, client } = await listen(() => {});
    const socket = await client();
    socket.write(GET.repeat(900));
    await once(socket, 'close');
    expect(cuts).toEqual(['pipelined']);
  });
});

describe('a body that its sender holds back', () => {
  const HEAD = 'POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n';
  const begin = async (handle: RequestListener, fields = '') => {
    const socket = await (await listen(handle)).client();
    socket.write(`${HEAD}${fields}\r\n`);
    const [first] = (await once(socket, 'data')) as [Buffer];
    return { socket, first: `${first}` };
  };

  it.each<[string, RequestListener]>([
    ['its events', (req, res) => void req.on('data', (chunk) => res.end(chunk))],
    ['a pipe', (req, res) => void req.pipe(res)],
    ['an iterator', async (req, res) => void res.end(await text(req))],
  ])('is invited when a listener begins to read it by %s', async (_, handle) => {
    const { socket, first } = await begin(handle, 'Connection: close\r\n');
    expect(first).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write('hello');
    expect(await text(socket)).toMatch(/^HTTP.1.1 200 OK\r\n[\s\S]*hello/);
  });

  it('is not invited by an answer that did not need it, which ends the connection', async () => {
    const { socket, first } = await begin((_, res) => void res.writeHead(403).end());
    const all = first + (await text(socket));
    expect(all).toMatch(/^HTTP.1.1 403 Forbidden\r\n[\s\S]*Connection: close\r\n/);
    expect(all).not.toContain('100 Continue');
  });
});

describe('a connection whose client reads nothing', () => {
  it('is cut in time, and counted', async () => {
    const cuts: Cut[] = [];
    const server = createServer();
    const handle: RequestListener = (_, res) => void res.end(Buffer.alloc(64 * 2 ** 20));
    const times = { writeTimeoutMs: 200, lookEveryMs: 20 };
    const connections = new Connections({ server, handle, onCut: (reason) => cuts.push(reason), ...times });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
    socket.on('error', () => {});
    socket.pause();
    socket.write(GET);
    await eventually(() => expect(cuts).toEqual(['unread']));
    await eventually(() => expect(connections.count).toBe(0));
    socket.destroy();
    server.close();
  });
});

describe('a connection that nothing comes on', () => {
  const times = { keepAliveMs: 200, lookEveryMs: 20 };
  const idle = async (handle: RequestListener) => {
    const cuts: Cut[] = [];
    const server = createServer();
    new Connections({ server, handle, onCut: (reason) => cuts.push(reason), ...times });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
    sockets.push(socket);
    const close = () => {
      socket.destroy();
      server.close();
    };
    return { cuts, socket, close };
  };

  it("is ended in time, which its answers tell, and is nobody's fault", async () => {
    const { cuts, socket, close } = await idle((_, res) => void res.end('done'));
    socket.write(GET);
    const answer = await text(socket);
    expect(answer).toContain('done');
    expect(answer).toContain('\r\nKeep-Alive: timeout=75\r\n');
    expect(cuts).toEqual([]);
    close();
  });

  it('is kept while a request of it is worked on', async () => {
    const { socket, close } = await idle((_, res) => void setTimeout(() => res.end('done'), 600));
    socket.write(LAST);
    expect(await text(socket)).toContain('done');
    close();
  });
});

describe('closing', () => {
  it.each([
    ['sent nothing', ''],
    ['sent half a head', 'GET / HTTP/1.1\r\nHost: a\r\n'],
    ['sent half a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf'],
    ['is kept alive', GET],
  ])('is not held up by a client that %s', async (_, bytes) => {
    const { listener, client } = await listen((req, res) => {
      req.resume().on('end', () => res.end());
    });
    const socket = await client();
    socket.write(bytes);
    await eventually(() => expect(listener.connections).toBe(1));
    const started = performance.now();
    await listener.close();
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('waits for a request that is being worked on', async () => {
    let finish: (() => void) | undefined;
    const { listener, client } = await listen((_, res) => {
      finish = () => void res.end('done');
    });
    const socket = await client();
    socket.write(LAST);
    await eventually(() => expect(finish).toBeDefined());
    const closed = listener.close();
    setTimeout(() => finish?.(), 1_500);
    expect(await text(socket)).toContain('done');
    await closed;
  });

  it('waits while a client reads its answer', async () => {
    const { listener, client } = await listen((_, res) => void res.end(Buffer.alloc(16 * 2 ** 20)));
    const socket = await client();
    socket.pause();
    socket.write(LAST);
    await eventually(() => expect(socket.readableLength).toBeGreaterThan(0));
    const closed = listener.close();
    expect((await buffer(socket)).length).toBeGreaterThan(16 * 2 ** 20);
    await closed;
  });

  it('does not wait for ever for an answer that nobody reads', async () => {
    const { listener, client } = await listen((_, res) => void res.end(Buffer.alloc(64 * 2 ** 20)));
    const socket = await client();
    socket.pause();
    socket.write(GET);
    await eventually(() => expect(socket.readableLength).toBeGreaterThan(0));
    const started = performance.now();
    await listener.close();
    expect(performance.now() - started).toBeLessThan(8_000);
  });
});
