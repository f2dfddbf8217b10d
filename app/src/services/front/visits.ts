import { timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { HttpContext } from '../../http/route.ts';
import { REQUEST_ID_HEADER, traceHeaders } from '../../http/trace-context.ts';
import type { Session, SessionStore } from '../../stores/session-store.ts';
import type { HealthBoard } from './calls/health.ts';
import { RefusedError } from './calls/policies.ts';
import type { QuotesApi } from './calls/quotes-api.ts';
import type { TraceHeaders } from './calls/service-client.ts';
import type { NoticeText } from './layout.tsx';
import { LANGUAGES, languageOf, type Site, type View } from './view.ts';

/** What the front's routes work with. */
export interface FrontKit {
  readonly site: Site;
  readonly visits: Visits;
  readonly quotes: QuotesApi;
  readonly health: HealthBoard;
}

export interface VisitsProps {
  readonly site: Site;
  readonly sessions: SessionStore;
  readonly quotes: QuotesApi;
  /** Whether browsers come by TLS. */
  readonly secure: boolean;
}

/** What a form brings to prove that it may change something: the proof of a session, or the key itself. */
export const proofSchema = z.object({ key: z.string().default(''), csrf: z.string().default('') });
export type Proof = z.output<typeof proofSchema>;

/** Why a form is shown again. */
export interface NotAdmitted {
  readonly status: number;
  /** By field. @default - nothing is wrong with one */
  readonly problems?: Readonly<Record<string, string>>;
  readonly notice?: NoticeText;
}

/** Who visits a page: the language and, for those who signed in, the session. */
export class Visits {
  readonly #props: VisitsProps;
  readonly #cookie: string;
  readonly #views = new WeakMap<object, View>();

  constructor(props: VisitsProps) {
    this.#props = props;
    // The prefix keeps other hosts of the domain from setting it.
    this.#cookie = props.secure ? '__Host-session' : 'session';
  }

  /** The view of a request. Where sessions cannot be read, pages are shown as to somebody who has not signed in. */
  async of(ctx: HttpContext): Promise<View> {
    const token = ctx.cookies.get(this.#cookie);
    if (token === undefined) return this.known(ctx);
    const session = await this.#props.sessions.find(token).catch(() => undefined);
    if (session !== undefined && session.token !== token) this.#keep(ctx, session.token);
    return this.#remember(ctx, session);
  }

  /** The same where nothing can be waited for: with the session only where it was looked up before. */
  known(ctx: HttpContext): View {
    return this.#views.get(ctx) ?? this.#remember(ctx, undefined);
  }

  /**
   * Does what a form asks for, with the key of the session or one that was typed, which signs in.
   * @returns undefined where it was done; why the form has to be shown again, or what went wrong
   */
  async write(
    ctx: HttpContext,
    { key, csrf }: Proof,
    work: (adminKey: string) => Promise<void>,
  ): Promise<NotAdmitted | { readonly error: unknown } | undefined> {
    const { session, t } = await this.of(ctx);
    const proven = provenBy(csrf, session);
    if (proven === undefined && key === '') {
      if (session === undefined) return { status: 403, problems: { key: t.key.missing } };
      return { status: 403, notice: { kind: 'bad', text: t.form.expired } };
    }
    try {
      if (proven === undefined) await this.#signIn(ctx, key);
      await work(proven?.adminKey ?? key);
      return undefined;
    } catch (error) {
      if (!isWrongKey(error)) return { error };
      // A key that is not accepted any more keeps nobody signed in.
      const current = this.known(ctx).session;
      if (current !== undefined) await this.#forget(ctx, current);
      return { status: 403, problems: { key: t.key.wrong } };
    }
  }

  /** The key that a form may use: that of the session whose proof it brings, else what was typed; empty where there is neither. */
  async keyOf(ctx: HttpContext, { key, csrf }: Proof): Promise<string> {
    return provenBy(csrf, (await this.of(ctx)).session)?.adminKey ?? key;
  }

  /** Ends the session of a form, and of no other. */
  async signOut(ctx: HttpContext, { csrf }: Proof): Promise<void> {
    const session = provenBy(csrf, (await this.of(ctx)).session);
    if (session !== undefined) await this.#forget(ctx, session);
  }

  /** Without a store for the session, the key counts for this one request. */
  async #signIn(ctx: HttpContext, adminKey: string): Promise<void> {
    const { quotes, sessions } = this.#props;
    const { name } = await quotes.whoHas(adminKey, traceOf(ctx));
    const session = await sessions.open({ name, adminKey }).catch(() => undefined);
    if (session === undefined) return;
    // Whoever signs in anew leaves nothing behind that would go on without them.
    const before = this.known(ctx).session;
    if (before !== undefined) await sessions.close(before).catch(() => undefined);
    this.#keep(ctx, session.token);
    this.#remember(ctx, session);
  }

  async #forget(ctx: HttpContext, session: Session): Promise<void> {
    await this.#props.sessions.close(session);
    this.#keep(ctx, null);
    this.#remember(ctx, undefined);
  }

  #remember(ctx: HttpContext, session: Session | undefined): View {
    const language = languageOf(ctx);
    const view = { site: this.#props.site, language, t: LANGUAGES[language], here: ctx.url, session };
    this.#views.set(ctx, view);
    return view;
  }

  #keep(ctx: HttpContext, token: string | null): void {
    // TLS ends before this process, which therefore cannot see it.
    ctx.cookies.secure = this.#props.secure;
    ctx.cookies.set(this.#cookie, token, { httpOnly: true, sameSite: 'lax', secure: this.#props.secure });
  }
}

/** Whether the service refused because of the key; the page then answers 403, for a 401 would make browsers ask for a password. */
function isWrongKey(error: unknown): boolean {
  return error instanceof RefusedError && (error.status === 401 || error.status === 403);
}

/** Headers by which the calls of a page are found in the logs and the traces beside the page itself. */
export function traceOf(ctx: HttpContext): TraceHeaders {
  return { [REQUEST_ID_HEADER]: ctx.state.requestId, ...traceHeaders(ctx.state.trace) };
}

/** The session, where a form brings its proof. */
function provenBy(csrf: string, session: Session | undefined): Session | undefined {
  const [given, expected] = [Buffer.from(csrf), Buffer.from(session?.csrf ?? '')];
  return given.length === expected.length && timingSafeEqual(given, expected) ? session : undefined;
}
