import * as z from 'zod';
import { METRICS } from '../../app/contract.ts';
import { SLO_SERIES } from '../../charts/monitoring/rules/sli.ts';

export interface Period {
  readonly url: string;
  readonly namespace: string;
  readonly version: string;
  readonly hours: number;
}

/** Share of the period for which Prometheus must have seen the version: a rollout and a restart of Prometheus fit into the rest. */
const SEEN = 0.9;
const STEP_MINUTES = 5;

/**
 * Asks Prometheus whether a version ran through a period, and whether every promise was kept meanwhile.
 * @throws Error with what was broken, or not seen
 */
export async function objectivesKept({ url, namespace, version, hours }: Period): Promise<string> {
  const ask = (expr: string) => query(url, expr);
  const scope = `namespace="${namespace}"`;
  const window = `${hours}h`;
  const total = (name: string) => `sum by (service, slo) (sum_over_time(${name}{${scope}}[${window}]))`;
  const [samples, ratios, objectives, requests] = await Promise.all([
    ask(`count_over_time(count(${METRICS.info}{${scope},version="${version}"})[${window}:${STEP_MINUTES}m])`),
    ask(`${total(SLO_SERIES.bad)} / (${total(SLO_SERIES.requests)} > 0)`),
    ask(`max by (service, slo) (${SLO_SERIES.objective}{${scope}})`),
    ask(`sum(increase(${METRICS.requests}{${scope}}[${window}]))`),
  ]);
  const wanted = (hours * 60) / STEP_MINUTES;
  const seen = (samples[0]?.value ?? 0) / wanted;
  const promised = new Map(objectives.map(({ labels, value }) => [keyOf(labels), value]));
  const broken = ratios.flatMap(({ labels, value }) => {
    const objective = promised.get(keyOf(labels));
    if (objective !== undefined && 1 - value >= objective) return [];
    return [
      `${keyOf(labels)} was ${percent(1 - value)}, promised ${objective === undefined ? 'nothing' : percent(objective)}`,
    ];
  });
  const reasons = [
    ...(seen < SEEN ? [`Prometheus saw ${version} in ${namespace} for ${percent(seen)} of the last ${hours} h`] : []),
    ...(ratios.length === 0 ? [`no request in ${namespace} in the last ${hours} h: nothing is proven by silence`] : []),
    ...broken,
  ];
  if (reasons.length > 0) throw new Error(`the objectives of ${namespace} are not kept: ${reasons.join('; ')}`);
  const count = Math.round(requests[0]?.value ?? 0);
  return `${namespace} kept ${ratios.length} promises through the last ${hours} h, over ${count} requests`;
}

function keyOf({ service, slo }: Readonly<Record<string, string>>): string {
  return `${service}/${slo}`;
}

function percent(ratio: number): string {
  return `${Number((100 * ratio).toFixed(3))} %`;
}

const ANSWER = z.object({
  status: z.string(),
  error: z.string().optional(),
  data: z
    .object({
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()),
          value: z.tuple([z.number(), z.string().transform(Number)]),
        }),
      ),
    })
    .optional(),
});

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

async function query(url: string, expr: string): Promise<readonly Sample[]> {
  const token = process.env['PROMETHEUS_TOKEN'];
  const response = await fetch(new URL('api/v1/query', url.endsWith('/') ? url : `${url}/`), {
    method: 'POST',
    body: new URLSearchParams({ query: expr }),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(30_000),
  }).catch((error: unknown) => {
    throw new Error(`Prometheus at ${url} cannot be reached: ${String(error)}`);
  });
  const answer = ANSWER.safeParse(await response.json().catch(() => undefined));
  if (!answer.success) throw new Error(`${url} does not answer like Prometheus (status ${response.status})`);
  if (answer.data.data === undefined) throw new Error(`Prometheus refuses ${expr}: ${answer.data.error}`);
  return answer.data.data.result.map(({ metric, value }) => ({ labels: metric, value: value[1] }));
}
