import type { IncomingMessage } from 'node:http';
import { awaitsContinue } from '../runtime/connections.ts';
import { HttpProblem } from './problem.ts';
import type { BodyFormat } from './route.ts';

/** Largest body in bytes: the longest valid quote is a sixth of it. */
export const MAX_BODY_BYTES = 64 * 1024;

const CONTENT_TYPES: Record<BodyFormat, string> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a bounded body and parses it.
 * @param onMislabelled told of JSON that is called something else, which is then accepted
 * @throws HttpProblem 415 for another type or encoding, 413 above the bound, 400 where it cannot be parsed
 */
export async function readBody(
  req: IncomingMessage,
  format: BodyFormat,
  onMislabelled?: (type: string) => void,
): Promise<unknown> {
  requireType(req, format, onMislabelled);
  const text = decode(await readBytes(req));
  return format === 'json' ? parseJson(text) : parseForm(text);
}

/** What `curl -d` and simple clients call any body. */
const CARELESS = ['', CONTENT_TYPES.form, 'text/plain'];

function requireType(req: IncomingMessage, format: BodyFormat, onMislabelled?: (type: string) => void): void {
  const expected = CONTENT_TYPES[format];
  const [type = '', ...parameters] = (req.headers['content-type'] ?? '').toLowerCase().split(';');
  const given = type.trim();
  requireUtf8(parameters, expected);
  const encoding = (req.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (given === expected && encoding === 'identity') return;
  if (onMislabelled && format === 'json' && CARELESS.includes(given) && encoding === 'identity') {
    onMislabelled(given);
    return;
  }
  const isEncoded = given === expected;
  const detail = isEncoded
    ? `Content-Encoding '${encoding.slice(0, 40)}' is not accepted; send the body as it is.`
    : `Send the body as ${expected}, with the header 'Content-Type: ${expected}'.`;
  // What would be accepted tells which of the two it was (RFC 9110, 15.5.16).
  throw new HttpProblem(415, { detail, headers: isEncoded ? { 'Accept-Encoding': 'identity' } : { Accept: expected } });
}

/** Letters of another character set would be refused as broken, or stored as others. */
function requireUtf8(parameters: readonly string[], expected: string): void {
  for (const parameter of parameters) {
    const [, charset] = /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(parameter) ?? [];
    if (charset === undefined || /^(utf-?8|us-ascii)$/.test(charset)) continue;
    const detail = `The character set '${charset.slice(0, 40)}' is not accepted; send the body in UTF-8.`;
    throw new HttpProblem(415, { detail, headers: { Accept: expected } });
  }
}

/** Whoever refuses a body leaves the rest of it unread: see discardBody. */
async function readBytes(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let left = MAX_BODY_BYTES;
  const tooLong = () => new HttpProblem(413, { detail: `A body may have at most ${MAX_BODY_BYTES} bytes.` });
  if (Number(req.headers['content-length']) > left) throw tooLong();
  if (!req.readable || broken.has(req)) throw broken.get(req) ?? endedEarly();
  try {
    await new Promise<void>((resolve, reject) => {
      req.on('data', (chunk: Buffer) => {
        left -= chunk.length;
        if (left < 0) reject(tooLong());
        else chunks.push(chunk);
      });
      req.once('end', resolve);
      for (const event of ['aborted', 'error']) req.once(event, () => reject(broken.get(req) ?? endedEarly()));
    });
  } finally {
    req.removeAllListeners('data').pause();
  }
  return Buffer.concat(chunks);
}

function endedEarly(): HttpProblem {
  return new HttpProblem(400, { detail: 'The body ended before its announced length.' });
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new HttpProblem(400, { detail: 'The body is not valid UTF-8.', cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HttpProblem(400, { detail: 'The body is not valid JSON.', cause });
  }
}

/** @throws HttpProblem 400 for what is not UTF-8: its letters would be replaced in silence, and something else read */
export function requireDecodable(encoded: string, what: 'query' | 'form'): void {
  try {
    if (encoded.includes('%')) decodeURIComponent(encoded);
  } catch (cause) {
    throw new HttpProblem(400, { detail: `The ${what} cannot be decoded: escape it as UTF-8, and % as %25.`, cause });
  }
}

/** A field that comes twice keeps its last value; the record has no prototype to be polluted. */
function parseForm(text: string): Record<string, string> {
  requireDecodable(text, 'form');
  const record: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) record[name] = value;
  return record;
}

/** Bodies that the parser could not read on in, and why. */
const broken = new WeakMap<IncomingMessage, HttpProblem>();

/** Ends a body that cannot be read on in: whoever waits for it answers with the problem. */
export function breakBody(req: IncomingMessage, problem: HttpProblem): void {
  broken.set(req, problem);
  req.emit('aborted');
}

/** What is read of a body that nobody wants before its sender is cut off. */
const MAX_DISCARDED_BYTES = 2 ** 20;
const DISCARD_WITHIN_MS = 1_000;

/**
 * Reads the rest of a body that was not wanted. A connection that is closed while bytes arrive is reset, and a client
 * that is still sending then never reads its answer. Resolves once it is there, or a bound was reached.
 */
export async function discardBody(req: IncomingMessage): Promise<void> {
  if (req.complete || req.destroyed || broken.has(req) || awaitsContinue(req)) return;
  await new Promise<void>((resolve) => {
    let left = MAX_DISCARDED_BYTES;
    const timer = setTimeout(resolve, DISCARD_WITHIN_MS);
    req.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) resolve();
    });
    for (const event of ['end', 'close', 'error', 'aborted']) req.once(event, resolve);
    req.once('close', () => clearTimeout(timer));
    req.resume();
  });
}
