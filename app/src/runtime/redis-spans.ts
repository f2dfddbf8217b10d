import { tracingChannel } from 'node:diagnostics_channel';
import { type Context, type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';

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
export function recordRedisCommands(tracer: Tracer, parent: () => Context | undefined): () => void {
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
