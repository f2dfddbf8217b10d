import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { request } from 'undici';
import * as z from 'zod';
import type { Cluster } from '../cluster.ts';
import { BIN, KUBECONFIG } from '../machine.ts';

const Labels = z.record(z.string(), z.string());
const Targets = z.object({
  data: z.object({ activeTargets: z.array(z.object({ labels: Labels, health: z.string() })) }),
});
const Rules = z.object({
  data: z.object({
    groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), health: z.string() })) })),
  }),
});
const Alerts = z.object({ data: z.object({ alerts: z.array(z.object({ labels: Labels, state: z.string() })) }) });
const Told = z.array(z.object({ labels: Labels, status: z.object({ state: z.string() }) }));
const Values = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

/** An HTTP server of a pod, asked through a forwarded port: its policies let in nobody else. */
class Forwarded {
  readonly #args: readonly string[];
  #forward: ChildProcess | undefined;
  #url = '';

  constructor(namespace: string, pod: string, port: number) {
    this.#args = ['--kubeconfig', KUBECONFIG, '-n', namespace, 'port-forward', `pod/${pod}`, `:${port}`];
  }

  async connect(): Promise<void> {
    const forward = spawn(join(BIN, 'kubectl'), this.#args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#forward = forward;
    const ended = once(forward, 'exit').then(() => [''] as [string]);
    const [line] = await Promise.race([
      once(createInterface({ input: forward.stdout }), 'line') as Promise<[string]>,
      ended,
    ]);
    this.#url = `http://127.0.0.1:${/127\.0\.0\.1:(\d+)/.exec(line)?.[1]}`;
  }

  disconnect(): void {
    this.#forward?.kill();
  }

  async get(path: string): Promise<unknown> {
    return JSON.parse(await this.#ask(path, { method: 'GET' }));
  }

  async post(path: string, sent: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    await this.#ask(path, { method: 'POST', headers, body: JSON.stringify(sent) });
  }

  async #ask(path: string, options: Parameters<typeof request>[1]): Promise<string> {
    // A forwarded port ends with its pod.
    if (this.#forward === undefined || this.#forward.exitCode !== null) await this.connect();
    const { statusCode, body } = await request(`${this.#url}${path}`, options);
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`${path} answers ${statusCode}: ${text}`);
    return text;
  }
}

/** What Prometheus in the cluster knows, and what Alertmanager makes of it. */
export class Prometheus {
  readonly #cluster: Cluster;
  readonly #namespace: string;
  readonly #prometheus: Forwarded;
  readonly #alertmanager: Forwarded;

  constructor(cluster: Cluster, namespace: string) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    this.#prometheus = new Forwarded(namespace, 'prometheus-0', 9090);
    this.#alertmanager = new Forwarded(namespace, 'alertmanager-0', 9093);
  }

  async connect(): Promise<void> {
    for (const name of ['prometheus', 'alertmanager'])
      await this.#cluster.rolledOut(this.#namespace, `statefulset/${name}`);
  }

  disconnect(): void {
    for (const forwarded of [this.#prometheus, this.#alertmanager]) forwarded.disconnect();
  }

  async targets(): Promise<{ job: string; health: string }[]> {
    const { data } = Targets.parse(await this.#prometheus.get('/api/v1/targets?state=active'));
    return data.activeTargets.map(({ labels, health }) => ({ job: labels['job'] ?? '', health }));
  }

  async rules(): Promise<{ name: string; health: string }[]> {
    const { data } = Rules.parse(await this.#prometheus.get('/api/v1/rules'));
    return data.groups.flatMap(({ rules }) => rules);
  }

  /** The alerts that fire, as `ServiceDown front`. */
  async firing(): Promise<ReadonlySet<string>> {
    const { data } = Alerts.parse(await this.#prometheus.get('/api/v1/alerts'));
    return new Set(data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => nameOf(labels)));
  }

  /** Those of which Alertmanager tells nobody, because another says it already; none where it is away. */
  async hidden(): Promise<ReadonlySet<string>> {
    const told = await this.#alertmanager.get('/api/v2/alerts').then(Told.parse, () => []);
    return new Set(told.filter(({ status }) => status.state === 'suppressed').map(({ labels }) => nameOf(labels)));
  }

  /** An alert that no rule has found: Alertmanager mails it like the others. */
  async raise(labels: Readonly<Record<string, string>>): Promise<void> {
    await this.#alertmanager.post('/api/v2/alerts', [{ labels }]);
  }

  /** The greatest value of an expression; 0 where it has none. */
  async value(expression: string): Promise<number> {
    const answer = await this.#prometheus.get(`/api/v1/query?query=${encodeURIComponent(expression)}`);
    return Math.max(0, ...Values.parse(answer).data.result.map(({ value }) => Number(value[1])));
  }
}

function nameOf(labels: Readonly<Record<string, string>>): string {
  return `${labels['alertname']} ${labels['service']}`;
}
