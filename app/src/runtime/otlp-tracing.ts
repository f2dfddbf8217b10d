import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { TraceContext } from '../http/trace-context.ts';
import type { Config } from './config.ts';
import type { RequestSpan, SpanResult, Tracing } from './tracing.ts';

export interface OtlpTracingProps extends Pick<Config, 'service' | 'version' | 'environment'> {
  /** OpenTelemetry's base address; the signal's path is added. */
  readonly endpoint: string;
}

/** Spans by OpenTelemetry's SDK, without its globals: several services may run in one process. */
export class OtlpTracing implements Tracing {
  readonly #provider: BasicTracerProvider;
  readonly #tracer: Tracer;
  /** The span in which a piece of code runs. */
  readonly #current = new AsyncLocalStorage<Context>();
  readonly #stopRedis: () => void;

  constructor({ service, version, environment, endpoint }: OtlpTracingProps) {
    const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces` });
    this.#provider = new BasicTracerProvider({
      resource: resourceFromAttributes({
        'service.name': service,
        'service.version': version,
        'deployment.environment.name': environment,
      }),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    this.#tracer = this.#provider.getTracer('quotes-platform', version);
    this.#stopRedis = recordRedisCommands(this.#tracer, () => this.#current.getStore());
  }

  begin(incoming: TraceContext): RequestSpan {
    const span = this.#tracer.startSpan('request', { kind: SpanKind.SERVER }, parentOf(incoming));
    const { traceId, spanId, traceFlags } = span.spanContext();
    const sampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
    return {
      trace: { ...incoming, traceId, spanId, sampled },
      run: (next) => this.#current.run(trace.setSpan(ROOT_CONTEXT, span), next),
      end: (result) => endRequest(span, result),
    };
  }

  /** Exports what is left. */
  async close(): Promise<void> {
    this.#stopRedis();
    await this.#provider.shutdown();
  }
}

/** The caller's span, or none where the trace begins here. */
function parentOf({ traceId, parentSpanId, sampled }: TraceContext): Context {
  if (parentSpanId === undefined) return ROOT_CONTEXT;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: parentSpanId, traceFlags, isRemote: true });
}

/** Names and attributes are those of OpenTelemetry's conventions for HTTP servers. */
function endRequest(span: Span, { method, route, status }: SpanResult): void {
  span.updateName(`${method} ${route}`);
  span.setAttributes({ 'http.request.method': method, 'http.route': route, 'http.response.status_code': status });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** What ioredis tells of a command. */
interface CommandMessage {
  readonly command: string;
  readonly serverAddress: string;
  readonly serverPort: number | undefined;
  readonly error?: unknown;
}

/** ioredis publishes each command here; while nobody listens it costs nothing. */
const CHANNEL = 'ioredis:command';

/**
 * Records the Redis commands of requests; arguments are left out, for they are people's data.
 * A batch of many requests' reads belongs to the request that began it.
 * @returns a function that stops it
 */
function recordRedisCommands(tracer: Tracer, parent: () => Context | undefined): () => void {
  const channel = tracingChannel(CHANNEL);
  const spans = new WeakMap<object, Span>();
  const subscribers = {
    start(message: object) {
      const context = parent();
      if (context !== undefined) spans.set(message, startSpan(tracer, message as CommandMessage, context));
    },
    end() {},
    asyncStart() {},
    asyncEnd(message: object) {
      spans.get(message)?.end();
    },
    error(message: object) {
      spans.get(message)?.setStatus({ code: SpanStatusCode.ERROR, message: String((message as CommandMessage).error) });
    },
  };
  channel.subscribe(subscribers);
  return () => channel.unsubscribe(subscribers);
}

function startSpan(tracer: Tracer, { command, serverAddress, serverPort }: CommandMessage, context: Context): Span {
  const attributes = {
    'db.system.name': 'redis',
    'db.operation.name': command.toUpperCase(),
    'server.address': serverAddress,
    ...(serverPort !== undefined && { 'server.port': serverPort }),
  };
  return tracer.startSpan(command.toUpperCase(), { kind: SpanKind.CLIENT, attributes }, context);
}
