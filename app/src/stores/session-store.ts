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
    const csrf = randomBytes(16).toString('base64url');
    await this.#set(openKeyOf(csrf), '', ABSOLUTE_MS);
    return await this.#save({ ...who, csrf, since: this.#now() });
  }

  /** The session of a token, under a new token where it is time; undefined where there is none any more. */
  async find(token: string): Promise<Session | undefined> {
    if (!TOKEN.test(token)) return undefined;
    const text = await this.#get(keyOf(token));
    if (text === null) return undefined;
    const stored = JSON.parse(text) as Stored;
    const { csrf, name, since } = stored;
    const adminKey = unseal(stored.sealed, token);
    if (adminKey === undefined || this.#now() - since >= ABSOLUTE_MS) return undefined;
    if ((await this.#get(openKeyOf(csrf))) === null) return undefined;
    const session = { token, csrf, name, adminKey, since };
    // Either way: a clock that was set back must not keep it from being renewed until it expires.
    if (stored.replaced || Math.abs(this.#now() - stored.renewed) < RENEW_EVERY_MS) return session;
    const renewed = await this.#save(session);
    await this.#set(keyOf(token), JSON.stringify({ ...stored, replaced: true } satisfies Stored), GRACE_MS);
    return renewed;
  }

  /** Ends a session, at once and under every token that it has had: pages that are asked for at once may each bring a new one. */
  async close({ token, csrf }: Pick<Session, 'token' | 'csrf'>): Promise<void> {
    await this.#link.ask(this.#link.reads.del(openKeyOf(csrf), keyOf(token)));
  }

  async #save(session: Omit<Session, 'token'>): Promise<Session> {
    const token = randomBytes(32).toString('base64url');
    const { csrf, name, since, adminKey } = session;
    const stored: Stored = { csrf, name, since, sealed: seal(adminKey, token), renewed: this.#now() };
    await this.#set(keyOf(token), JSON.stringify(stored), Math.min(IDLE_MS, since + ABSOLUTE_MS - this.#now()));
    return { ...session, token };
  }

  async #get(key: string): Promise<string | null> {
    return await this.#link.ask(this.#link.reads.get(key));
  }

  async #set(key: string, text: string, forMs: number): Promise<void> {
    await this.#link.ask(this.#link.reads.set(key, text, 'EX', Math.max(1, Math.ceil(forMs / 1_000))));
  }
}

function keyOf(token: string): string {
  return expiringKey('sessions', 'session', digestOf(token));
}

/** There while nobody has signed out: what all tokens of a session have in common. */
function openKeyOf(csrf: string): string {
  return expiringKey('sessions', 'open', digestOf(csrf));
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
