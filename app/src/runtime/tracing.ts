import type { TraceContext } from '../http/trace-context.ts';
import type { Config } from './config.ts';
import type { Logger } from './logger.ts';

/** A request that is being recorded. */
export interface RequestSpan {
  /** What log lines and outgoing calls carry. */
  readonly trace: TraceContext;
  /** Runs the rest of the request, so that its Redis commands find their parent. */
  run<T>(next: () => Promise<T>): Promise<T>;
  end(result: SpanResult): void;
}

export interface SpanResult {
  readonly method: string;
  /** The route's template. */
  readonly route: string;
  readonly status: number;
}

/** Records requests and the Redis commands in them, and exports them. */
export interface Tracing {
  /** @param incoming the caller's place in its trace; this process's span id in it is not used */
  begin(incoming: TraceContext): RequestSpan;
  close(): Promise<void>;
}

/** Tracing where an endpoint is configured; without one, not even its modules are loaded. */
export async function openTracing(config: Config, log: Logger): Promise<Tracing | undefined> {
  if (config.otlpEndpoint === undefined) return undefined;
  const { OtlpTracing } = await import('./otlp-tracing.ts');
  log.info({ endpoint: config.otlpEndpoint }, 'exporting traces');
  return new OtlpTracing({ ...config, endpoint: config.otlpEndpoint });
}
