import type { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';
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
 * @throws HttpProblem 415 for another type or encoding, 413 above the bound, 400 where it cannot be parsed
 */
export async function readBody(req: IncomingMessage, format: BodyFormat): Promise<unknown> {
  requireType(req, format);
  const text = decode(await readBytes(req));
  return format === 'json' ? parseJson(text) : parseForm(text);
}

function requireType(req: IncomingMessage, format: BodyFormat): void {
  const expected = CONTENT_TYPES[format];
  const given = (req.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  const encoding = req.headers['content-encoding'] ?? 'identity';
  if (given === expected && encoding === 'identity') return;
  const detail =
    given === expected
      ? `Content-Encoding '${encoding.slice(0, 40)}' is not accepted; send the body as it is.`
      : `Send the body as ${expected}.`;
  throw new HttpProblem(415, { detail, headers: { Accept: expected } });
}

async function readBytes(req: IncomingMessage): Promise<Buffer> {
  try {
    return await getRawBody(req, { limit: MAX_BODY_BYTES, length: req.headers['content-length'] ?? null });
  } catch (error) {
    throw readingProblem(error);
  }
}

function readingProblem(error: unknown): HttpProblem {
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') {
    // What follows on this connection is the rest of the body: it cannot be reused.
    const headers = { Connection: 'close' };
    return new HttpProblem(413, { detail: `A body may have at most ${MAX_BODY_BYTES} bytes.`, headers });
  }
  return new HttpProblem(400, { detail: 'The body ended before its announced length.', cause: error });
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

/** A field that comes twice keeps its last value; the record has no prototype to be polluted. */
function parseForm(text: string): Record<string, string> {
  const record: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) record[name] = value;
  return record;
}
