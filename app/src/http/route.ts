import type { ParameterizedContext } from 'koa';
import type * as z from 'zod';
import type { AdminScope } from '../../contract.ts';
import type { RouteCounters } from './request-metrics.ts';
import type { Answer } from './send-json.ts';
import type { TraceContext } from './trace-context.ts';

/** What every request carries from the first middleware to the last. */
export interface RequestState {
  requestId: string;
  /** What was asked for, without the query; undefined where the address cannot be read. */
  path: string | undefined;
  trace: TraceContext;
  /** Where this request is counted: its route, once one has matched. */
  counters: RouteCounters;
  /** Whose admin key was used; `unknown` where it was refused, undefined where none is asked for. */
  actor?: string;
  /** Where what was created is. */
  location?: string;
  /** What a route answered, until Koa is told of it or it is sent. */
  answer?: Answer | undefined;
}

/** Koa's context with what every request carries. */
export type HttpContext = ParameterizedContext<RequestState>;

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A response that a route may give, for the OpenAPI document. */
export interface ResponseSpec {
  readonly description: string;
  /** @default - no body */
  readonly schema?: z.ZodType;
  /** @default 'application/json' */
  readonly contentType?: string;
}

/** Validated input of a handler: one member for each schema that the route has. */
export interface RouteInput<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
}

/** A route as a service writes it: everything about an endpoint in one place. */
export interface RouteProps<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly method: Method;
  /** Template as the router and the metrics know it: `/quotes/:id`. */
  readonly path: string;
  readonly summary: string;
  /** Asks for an admin key of this scope. @default - open to all */
  readonly admin?: AdminScope;
  /** Reads `If-Match`: told to who reads the OpenAPI document. @default false */
  readonly ifMatch?: boolean;
  /** Reads `Idempotency-Key`: told to who reads the OpenAPI document. @default false */
  readonly idempotencyKey?: boolean;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** @default 'json' */
  readonly bodyFormat?: BodyFormat;
  /** Left out of the OpenAPI document (pages, assets). @default false */
  readonly internal?: boolean;
  readonly responses: Readonly<Record<number, ResponseSpec>>;
  handle(ctx: HttpContext, input: RouteInput<z.output<P>, z.output<Q>, z.output<B>>): Promise<void> | void;
}

export type BodyFormat = 'json' | 'form';

/** A route with its types erased: what the application, the metrics and the OpenAPI document work on. */
export interface Route extends Omit<RouteProps<z.ZodType, z.ZodType, z.ZodType>, 'handle'> {
  handle(ctx: HttpContext, input: RouteInput<unknown, unknown, unknown>): Promise<void> | void;
}

/** Types the handler by the schemas; without a schema its part of the input is undefined. */
export function route<
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
>(props: RouteProps<P, Q, B>): Route {
  // The application hands a handler only what the route's own schemas have let through.
  return props;
}
