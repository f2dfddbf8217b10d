/** The same numbers in every run: Mulberry32. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SEEDS = [
  'GET /quotes HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /quotes/random HTTP/1.1\r\nHost: a\r\nIf-None-Match: "x"\r\n\r\n',
  'HEAD /quotes?limit=2 HTTP/1.0\r\n\r\n',
  'GET http://[::1]/quotes/%ff?cursor=%00 HTTP/1.1\r\nHost: [::1]\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n',
  'POST /quotes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer dev-admin-key\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n{"text":"a","author":"bcd"}',
  'POST /quotes HTTP/1.1\r\nHost: a\r\nAuthorization: dev-admin-key\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1b\r\n{"text":"a","author":"bcd"}\r\n0\r\n\r\n',
  'PUT /quotes/x HTTP/1.1\r\nHost: a\r\nIf-Match: "a", W/"b"\r\nContent-Length: 0\r\n\r\n',
  'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
];
const PIECES = [
  '\r\n',
  '\n',
  '\0',
  ' ',
  ':',
  'HTTP/1.1',
  'Host: b\r\n',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  '%',
  '[',
  '\xff',
  '0\r\n\r\n',
  '{"',
  'x'.repeat(17_000),
];

/** Requests with a few things wrong, the same ones in every run of a seed. */
export function brokenRequests(seed: number): () => Buffer {
  const random = numbers(seed);
  return () => mutated(random);
}

/** A request with a few things wrong: cut, doubled, exchanged, repeated. */
function mutated(random: () => number): Buffer {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  let text = pick(SEEDS);
  for (let count = Math.floor(random() * 4); count > 0; count--) {
    const at = Math.floor(random() * text.length);
    const kind = Math.floor(random() * 5);
    if (kind === 0) text = text.slice(0, at);
    else if (kind === 1) text = text.slice(0, at) + pick(PIECES) + text.slice(at);
    else if (kind === 2)
      text = text.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + text.slice(at + 1);
    else if (kind === 3) text = text.slice(0, at) + pick(SEEDS) + text.slice(at);
    else text = text.repeat(1 + Math.floor(random() * 3));
  }
  return Buffer.from(text, 'latin1');
}
