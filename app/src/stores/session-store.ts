import { createCipheriv, createDecipheriv, createHmac, hash, randomBytes } from 'node:crypto';
import type { ReadLink } from './connection.ts';
import { expiringKey } from './keys.ts';

/** A session ends this long after its latest renewal, and however much it is used after the second. */
const IDLE_MS = 30 * 60_000;
const ABSOLUTE_MS = 8 * 3_600_000;
/** A session that is used is renewed, under another token, as often as this. */
const RENEW_EVERY_MS = 5 * 60_000;
/** How long a replaced token still counts: pages that were asked for beside the one that brought the new token. */
const GRACE_MS = 30_000;

const TOKEN = /^[\w-]{43}$/;
const CIPHER = 'aes-256-gcm';

/** Somebody who has signed in. */
export interface Session {
  /** What the browser keeps: the store has its digest only, and what is sealed by it. */
  readonly token: string;
  /** Proves that a form came from a page of this session. */
  readonly csrf: string;
  /** Name of the admin key. */
  readonly name: string;
  readonly adminKey: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

interface Stored extends Pick<Session, 'csrf' | 'name' | 'since'> {
  readonly sealed: string;
  readonly renewed: number;
  /** Digest of the token before, which ends with this one. */
  readonly before?: string;
  /** A token that was replaced is not renewed. */
  readonly replaced?: true;
}

/** Sessions as values that expire. Whoever reads the store finds no admin key there: each is sealed by its token. */
export class SessionStore {
  readonly #link: ReadLink;
  readonly #now: () => number;

  constructor(link: ReadLink, now: () => number = Date.now) {
    this.#link = link;
    this.#now = now;
  }

  /** Begins a session. @throws StoreUnavailable */
  async open(who: Pick<Session, 'name' | 'adminKey'>): Promise<Session> {
    return await this.#save({ ...who, csrf: randomBytes(16).toString('base64url'), since: this.#now() });
  }

  /** The session of a token, under a new token where it is time; undefined where there is none any more. */
  async find(token: string): Promise<Session | undefined> {
    if (!TOKEN.test(token)) return undefined;
    const text = await this.#link.ask(this.#link.reads.get(keyOf(digestOf(token))));
    if (text === null) return undefined;
    const stored = JSON.parse(text) as Stored;
    const adminKey = unseal(stored.sealed, token);
    if (adminKey === undefined || this.#now() - stored.since >= ABSOLUTE_MS) return undefined;
    const { csrf, name, since } = stored;
    const session = { token, csrf, name, adminKey, since };
    // Either way: a clock that was set back must not keep it from being renewed until it expires.
    if (stored.replaced || Math.abs(this.#now() - stored.renewed) < RENEW_EVERY_MS) return session;
    const renewed = await this.#save(session, digestOf(token));
    await this.#put(digestOf(token), { ...stored, replaced: true }, GRACE_MS);
    return renewed;
  }

  /** Ends a session, at once and under its token before too. */
  async close({ token }: Pick<Session, 'token'>): Promise<void> {
    const own = digestOf(token);
    const text = await this.#link.ask(this.#link.reads.get(keyOf(own)));
    const { before } = (text === null ? {} : JSON.parse(text)) as Partial<Stored>;
    await this.#link.ask(this.#link.reads.del(keyOf(own), ...(before === undefined ? [] : [keyOf(before)])));
  }

  async #save(session: Omit<Session, 'token'>, before?: string): Promise<Session> {
    const token = randomBytes(32).toString('base64url');
    const { csrf, name, since, adminKey } = session;
    const stored = { csrf, name, since, sealed: seal(adminKey, token), renewed: this.#now() };
    const left = Math.min(IDLE_MS, since + ABSOLUTE_MS - this.#now());
    await this.#put(digestOf(token), { ...stored, ...(before !== undefined && { before }) }, left);
    return { ...session, token };
  }

  async #put(digest: string, stored: Stored, forMs: number): Promise<void> {
    const seconds = Math.max(1, Math.ceil(forMs / 1_000));
    await this.#link.ask(this.#link.reads.set(keyOf(digest), JSON.stringify(stored), 'EX', seconds));
  }
}

function keyOf(digest: string): string {
  return expiringKey('sessions', 'session', digest);
}

function digestOf(token: string): string {
  return hash('sha256', token, 'base64url');
}

/** The token has 256 random bits: one round derives a key. */
function cipherKey(token: string): Buffer {
  return createHmac('sha256', token).update('admin key of a session').digest();
}

function seal(text: string, token: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv(CIPHER, cipherKey(token), iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** The text, or undefined where what is stored was changed. */
function unseal(text: string, token: string): string | undefined {
  const bytes = Buffer.from(text, 'base64url');
  try {
    const cipher = createDecipheriv(CIPHER, cipherKey(token), bytes.subarray(0, 12));
    cipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([cipher.update(bytes.subarray(28)), cipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
