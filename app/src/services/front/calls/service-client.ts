import type { Agent, Dispatcher } from 'undici';
import * as z from 'zod';
import type { ServiceName } from '../../../../contract.ts';
import { loadedLate } from '../../../runtime/process-events.ts';
import type { TlsFiles, TlsIdentity } from '../../../runtime/tls-files.ts';
import {
  type CallLimits,
  createPolicies,
  DEFAULT_LIMITS,
  type Policies,
  type Problem,
  RefusedError,
  ServiceDownError,
  toServiceError,
} from './policies.ts';

/** Headers that tie a call to the request it is made for: request id and W3C trace context. */
export type TraceHeaders = Readonly<Record<string, string>>;

export interface ServiceClientProps {
  readonly service: ServiceName;
  /** Base URL without a slash at the end. */
  readonly baseUrl: string;
  /** @default DEFAULT_LIMITS */
  readonly limits?: CallLimits;
  /** Its connections, asked at each call. @default - undici's own, in plain text */
  readonly dispatcher?: () => Promise<Dispatcher>;
}

export interface ReadOptions<T> {
  readonly path: string;
  readonly schema: z.ZodType<T>;
  readonly trace: TraceHeaders;
}

export interface WriteOptions<T> extends ReadOptions<T> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** What the person typed; it goes to the service and nowhere else. */
  readonly adminKey: string;
  readonly body?: unknown;
  /** The revision that may be overwritten. @default - any */
  readonly ifMatch?: string | undefined;
  /** With which the same write happens once. @default - each write is a new one */
  readonly idempotencyKey?: string | undefined;
}

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Call<T> extends ReadOptions<T> {
  /** Statuses beside 2xx whose body is the answer. @default - none */
  readonly answers?: readonly number[];
}

/** Statuses by which a service or a proxy before it says that it cannot serve now. */
const UNAVAILABLE = [429, 500, 502, 503, 504];

/** What a key can consist of: see runtime/admin-keys.ts. */
const HEADER_WORD = /^[\x21-\x7e]+$/;

const problemSchema = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  errors: z.array(z.object({ name: z.string().optional(), message: z.string() })).optional(),
});

/** How a call is sent; `fetch` of the same library would cost three times as much. */
type Sending = Pick<Dispatcher.RequestOptions, 'method' | 'headers' | 'body' | 'signal'>;

/** Calls one service: keep-alive connections, a limit on everything, answers checked against a schema. */
export class ServiceClient {
  readonly service: ServiceName;
  readonly #baseUrl: string;
  readonly #policies: Policies;
  readonly #dispatcher: () => Promise<Dispatcher>;

  constructor(props: ServiceClientProps) {
    this.service = props.service;
    this.#baseUrl = props.baseUrl;
    this.#dispatcher = props.dispatcher ?? (async () => (await httpClient()).getGlobalDispatcher());
    this.#policies = createPolicies(props.limits ?? DEFAULT_LIMITS);
  }

  /**
   * GET, tried a second time when no answer came.
   * @throws ServiceDownError, RefusedError
   */
  async read<T>(options: ReadOptions<T>): Promise<T> {
    const headers = { accept: 'application/json', ...options.trace };
    return await this.#run(this.#policies.read, options, { method: 'GET', headers });
  }

  /**
   * Tried once: the caller decides what to do about a write whose answer was lost.
   * @throws ServiceDownError, RefusedError
   */
  async write<T>(options: WriteOptions<T>): Promise<T> {
    // A key that no header can carry would look like a broken connection, and count against the service.
    if (!HEADER_WORD.test(options.adminKey)) throw new RefusedError(this.service, 401, 'this is no key', []);
    const { method, body, ifMatch, idempotencyKey } = options;
    const headers = {
      accept: 'application/json',
      authorization: `Bearer ${options.adminKey}`,
      ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': JSON.stringify(idempotencyKey) }),
      ...options.trace,
    };
    const json = { ...headers, 'content-type': 'application/json' };
    const init = body === undefined ? { method, headers } : { method, headers: json, body: JSON.stringify(body) };
    return await this.#run(this.#policies.write, options, init);
  }

  /**
   * GET, tried once, whose body counts as an answer also when its status is 503: /health says there why.
   * @throws ServiceDownError, RefusedError
   */
  async ask<T>(options: Pick<ReadOptions<T>, 'path' | 'schema'>): Promise<T> {
    const init = { method: 'GET', headers: { accept: 'application/json' } } as const;
    return await this.#run(this.#policies.write, { ...options, trace: {}, answers: [503] }, init);
  }

  /**
   * Sends a request as it is and gives back what came, of any status.
   * @throws ServiceDownError
   */
  async attempt({ path, method, headers, body }: RawRequest): Promise<RawAnswer> {
    const init = { method: method as Dispatcher.HttpMethod, headers, body };
    return await this.#send(this.#policies.write, { path, init }, async (response) => ({
      status: response.statusCode,
      headers: response.headers,
      body: await response.body.text(),
    }));
  }

  async #run<T>(policy: Policies['read'], options: Call<T>, init: Sending): Promise<T> {
    return await this.#send(policy, { path: options.path, init }, (response) => this.#parse(response, options));
  }

  async #send<T>(
    policy: Policies['read'],
    { path, init }: { readonly path: string; readonly init: Sending },
    take: (response: Dispatcher.ResponseData) => Promise<T>,
  ): Promise<T> {
    // Without a signal of its own, a call listens to one that all calls share, and Node takes the eleventh listener for a leak.
    const own = new AbortController().signal;
    try {
      return await policy.execute(async ({ signal }) => {
        return await take(await this.#request(path, { ...init, signal }));
      }, own);
    } catch (error) {
      throw toServiceError(this.service, error);
    }
  }

  async #request(path: string, init: Sending): Promise<Dispatcher.ResponseData> {
    try {
      const { origin, pathname, search } = new URL(`${this.#baseUrl}${path}`);
      const dispatcher = await this.#dispatcher();
      return await dispatcher.request({ ...init, origin, path: `${pathname}${search}` });
    } catch (error) {
      throw new ServiceDownError(this.service, 'unreachable', { cause: error });
    }
  }

  async #parse<T>(response: Dispatcher.ResponseData, { schema, answers = [] }: Call<T>): Promise<T> {
    const { statusCode: status } = response;
    const body = await this.#body(response);
    const answered = (status >= 200 && status < 300) || answers.includes(status);
    // A redirect is a proxy's: no service sends one, and what it leads to is no answer.
    const isDown = status < 400 || UNAVAILABLE.includes(status);
    if (!answered && isDown) throw new ServiceDownError(this.service, 'failing');
    if (!answered) throw this.#refusal(status, body);
    const parsed = schema.safeParse(body);
    if (!parsed.success) throw new ServiceDownError(this.service, 'failing', { cause: parsed.error });
    return parsed.data;
  }

  /** The body as JSON; undefined where it is none (204, or a proxy's page). */
  async #body({ body }: Dispatcher.ResponseData): Promise<unknown> {
    try {
      const text = await body.text();
      return text === '' ? undefined : JSON.parse(text);
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw new ServiceDownError(this.service, 'unreachable', { cause: error });
    }
  }

  #refusal(status: number, body: unknown): RefusedError {
    const problem = problemSchema.safeParse(body).data;
    const problems: Problem[] = (problem?.errors ?? []).map((error) => ({
      field: (error.name ?? '').replace(/^\//, ''),
      message: error.message,
    }));
    return new RefusedError(this.service, status, problem?.detail ?? problem?.title ?? `status ${status}`, problems);
  }
}

let client: Promise<typeof import('./http-client.ts')> | undefined;
const httpClient = () => (client ??= loadedLate(import('./http-client.ts')));

/** Connections by TLS: requests that begin after a renewal show the new certificate, those under way end as they began. */
export function mutualDispatcher(files: TlsFiles): () => Promise<Dispatcher> {
  const open = async (connect: TlsIdentity) => new (await httpClient()).Agent({ connect });
  let agent: Promise<Agent> | undefined;
  files.onChange(() => {
    void agent?.then((before) => before.close());
    agent = undefined;
  });
  return () => (agent ??= open(files.current));
}
