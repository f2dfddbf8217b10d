import { hash } from 'node:crypto';
import { HttpProblem } from './problem.ts';

/** A structured string (RFC 8941) as the draft wants it; many clients send the bare key, which means the same. */
const KEY = /^(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\w.:-]{1,255}))$/;

/** Digests of one length: of the key, and of the payload that belongs to it. */
export interface RepeatDigests {
  readonly key: string;
  readonly fingerprint: string;
}

/**
 * Requests that their client may repeat (draft-ietf-httpapi-idempotency-key-header): the store keeps the answer with the
 * record. What is here says so of a request whose first one is still under way in this process; in another process it
 * waits for the same disks and gets the same answer.
 */
export class Repeats {
  readonly #underWay = new Set<string>();

  /** @throws HttpProblem 400 for a header that is no key, 409 while another request with it is under way */
  async run<T>(
    header: string | string[] | undefined,
    payload: unknown,
    write: (digests?: RepeatDigests) => Promise<T>,
  ): Promise<T> {
    if (header === undefined) return write();
    const key = sha256(keyOf(header));
    if (this.#underWay.has(key)) {
      throw new HttpProblem(409, { detail: 'A request with this Idempotency-Key is under way; repeat it later.' });
    }
    this.#underWay.add(key);
    try {
      return await write({ key, fingerprint: sha256(JSON.stringify(payload)) });
    } finally {
      this.#underWay.delete(key);
    }
  }
}

/** The 422 of a key that came with another payload before. */
export function otherPayload(): HttpProblem {
  const errors = [{ in: 'header', name: 'Idempotency-Key', message: 'was used with another body' }] as const;
  return new HttpProblem(422, { detail: 'Each Idempotency-Key belongs to one request; take a new one.', errors });
}

function keyOf(header: string | string[]): string {
  const [, quoted, bare] = KEY.exec(String(header)) ?? [];
  const key = quoted ?? bare;
  if (key !== undefined) return key;
  const errors = [
    { in: 'header', name: 'Idempotency-Key', message: 'must be "1 to 255 characters" in quotes' },
  ] as const;
  throw new HttpProblem(400, { detail: 'The Idempotency-Key cannot be read.', errors });
}

function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}
