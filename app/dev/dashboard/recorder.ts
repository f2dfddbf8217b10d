import * as z from 'zod';
import { DURATION_BUCKETS, METRICS } from '../../contract.ts';

const LINES = 3_000;
const TRACES = 300;
/** Ten minutes of figures, one each five seconds. */
export const SAMPLES = 120;
export const SAMPLE_EVERY_MS = 5_000;

export interface Line {
  readonly service: string;
  readonly at: Date;
  readonly text: string;
}

export interface Span {
  readonly service: string;
  readonly name: string;
  readonly startMs: number;
  readonly ms: number;
  readonly failed: boolean;
}

/** The four golden signals of a service over the last five seconds. */
export interface Sample {
  readonly rate: number;
  readonly errorPercent: number;
  readonly p95Ms: number;
  readonly cpuPercent: number;
}

const spanSchema = z.object({
  traceId: z.string(),
  name: z.string(),
  startTimeUnixNano: z.coerce.bigint(),
  endTimeUnixNano: z.coerce.bigint(),
  status: z.object({ code: z.number().optional() }).default({}),
});
const attribute = z.object({ key: z.string(), value: z.object({ stringValue: z.string().optional() }) });
const exported = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })),
    }),
  ),
});

/** What the platform has said of itself, in memory, as much of it as one can look at. */
export class Recorder {
  readonly lines: Line[] = [];
  /** Spans by the id of their trace, the oldest trace first. */
  readonly traces = new Map<string, Span[]>();
  readonly samples = new Map<string, Sample[]>();
  readonly #before = new Map<string, Counters>();

  /** @param process what wrote it; a line that names its service is that service's */
  addLine(process: string, text: string): void {
    const service = /"service":"([a-z0-9-]+)"/.exec(text)?.[1] ?? process;
    this.lines.push({ service, at: new Date(), text });
    if (this.lines.length > LINES) this.lines.shift();
  }

  /**
   * Takes what an exporter of OpenTelemetry sends as JSON.
   * @throws ZodError for anything else
   */
  addSpans(body: unknown): void {
    for (const { resource, scopeSpans } of exported.parse(body).resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? 'unknown';
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        const start = Number(span.startTimeUnixNano / 1_000n) / 1_000;
        const recorded = {
          service,
          name: span.name,
          startMs: start,
          ms: Number(span.endTimeUnixNano / 1_000n) / 1_000 - start,
          failed: span.status.code === 2,
        };
        this.traces.set(span.traceId, [...(this.traces.get(span.traceId) ?? []), recorded]);
      }
    }
    for (const id of [...this.traces.keys()].slice(0, Math.max(0, this.traces.size - TRACES))) this.traces.delete(id);
  }

  /** Takes what /metrics says; a service that restarted begins anew. */
  addMetrics(service: string, text: string): void {
    const now = countersIn(text);
    const before = this.#before.get(service);
    this.#before.set(service, now);
    if (before === undefined || now.requests < before.requests) return;
    const requests = now.requests - before.requests;
    const sample = {
      rate: requests / (SAMPLE_EVERY_MS / 1_000),
      errorPercent: requests === 0 ? 0 : (100 * (now.failed - before.failed)) / requests,
      p95Ms: p95(now.buckets.map((count, index) => count - (before.buckets[index] ?? 0))),
      cpuPercent: now.cpu,
    };
    this.samples.set(service, [...(this.samples.get(service) ?? []), sample].slice(-SAMPLES));
  }
}

interface Counters {
  readonly requests: number;
  readonly failed: number;
  /** Cumulative, by DURATION_BUCKETS. */
  readonly buckets: readonly number[];
  readonly cpu: number;
}

function countersIn(text: string): Counters {
  const lines = text.split('\n');
  const sum = (name: string, ...labels: readonly string[]) =>
    lines
      .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  return {
    requests: sum(METRICS.requests),
    failed: sum(METRICS.requests, 'status="5'),
    buckets: DURATION_BUCKETS.map((bound) => sum(`${METRICS.duration}_bucket`, `le="${bound}"`)),
    cpu: sum(METRICS.cpu),
  };
}

/** The bound below which 95 of 100 requests are, as Prometheus estimates it; 0 without requests. */
function p95(cumulative: readonly number[]): number {
  const total = cumulative.at(-1) ?? 0;
  if (total === 0) return 0;
  const rank = 0.95 * total;
  const index = cumulative.findIndex((count) => count >= rank);
  const [low, high] = [DURATION_BUCKETS[index - 1] ?? 0, DURATION_BUCKETS[index] ?? 0];
  const below = cumulative[index - 1] ?? 0;
  return 1_000 * (low + ((high - low) * (rank - below)) / Math.max(1, (cumulative[index] ?? 0) - below));
}
