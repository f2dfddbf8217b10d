import { parse } from 'node:querystring';
import { REFUSED } from '../runtime/admin-keys.ts';
import type { Secrets } from '../runtime/secrets.ts';
import { requireAdminKey } from './admin-key.ts';
import { readBody, requireDecodable } from './body.ts';
import { unavailable } from './problem.ts';
import type { QuickKoa } from './quick-koa.ts';
import type { RequestMetrics } from './request-metrics.ts';
import type { HttpContext, Route } from './route.ts';
import { validate } from './validate.ts';

/** Seconds after which a refused client may try again: the queue it met is gone by then. */
const RETRY_AFTER_SECONDS = 1;

/**
 * Bounded concurrency: beyond capacity, a quick refusal keeps the latency of what is admitted bounded.
 * Asked after the body was read, so that a slow sender holds no place.
 */
export class Admission {
  readonly #limit: number;
  readonly #onShed: () => void;
  #working = 0;

  /** @param limit requests worked on at once */
  constructor(limit: number, onShed: () => void) {
    this.#limit = limit;
    this.#onShed = onShed;
  }

  /** @throws HttpProblem 503 when the limit is reached; otherwise leave() must follow */
  enter(): void {
    if (this.#working >= this.#limit) {
      this.#onShed();
      throw unavailable('The service is at its capacity.', RETRY_AFTER_SECONDS);
    }
    this.#working++;
  }

  leave(): void {
    this.#working--;
  }
}

export interface DispatchProps {
  readonly app: QuickKoa;
  readonly secrets: Secrets;
  readonly admission: Admission;
  readonly metrics: RequestMetrics;
  /** Told of a JSON body that is called something else, which is then accepted. @default - it is refused */
  readonly onMislabelled?: ((type: string) => void) | undefined;
}

/** By itself it drops what comes after the thousandth in silence; the bytes of an address are bounded. */
const EVERY_PARAMETER = { maxKeys: 0 };

/** Path parameters as the router leaves them on its context. */
interface Routed extends HttpContext {
  readonly params: Readonly<Record<string, string>>;
}

/** The one way into every handler: count, authorize, read, admit, validate, handle. */
export function dispatch(route: Route, props: DispatchProps): (ctx: Routed) => Promise<void> {
  const counters = props.metrics.counters(route.method, route.path);
  const headCounters = route.method === 'GET' ? props.metrics.counters('HEAD', route.path) : counters;
  return async (ctx) => {
    ctx.state.counters = ctx.method === 'HEAD' ? headCounters : counters;
    if (route.admin !== undefined) {
      // Who is refused is told too.
      ctx.state.actor = REFUSED;
      ctx.state.actor = requireAdminKey(ctx.req.headers.authorization, props.secrets, route.admin);
    }
    const body = route.body && (await readBody(ctx.req, route.bodyFormat ?? 'json', props.onMislabelled));
    props.admission.enter();
    try {
      if (route.query) requireDecodable(ctx.querystring, 'query');
      const query = route.query && parse(ctx.querystring, '&', '=', EVERY_PARAMETER);
      await route.handle(ctx, validate(route, { params: ctx.params, query, body }));
      props.app.settle(ctx);
    } finally {
      props.admission.leave();
    }
  };
}
