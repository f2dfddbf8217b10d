import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { PORT_NAMES } from '../../app/contract.ts';
import { BACKUP_KEYS, backupKeys } from '../../charts/redis/shape.ts';
import { eventually } from '../../test/eventually.ts';
import { type PlatformUnderTest, startPlatform } from '../../test/platform-under-test.ts';
import { freePort, RealRedis } from '../../test/real-redis.ts';
import { Daemon } from './daemon.ts';
import { Exposition } from './exposition.ts';
import { kubeState } from './kube-state.ts';
import { type LocalTarget, writeAlertmanagerFiles, writePrometheusFiles, writeRules } from './local-config.ts';
import { Mailbox } from './mailbox.ts';
import { Queries } from './queries.ts';
import type { Rendered } from './rendered.ts';
import { Traffic } from './traffic.ts';

/** Paths of the real programs. */
export interface Programs {
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly exporter: string;
  readonly redis: string;
}

export interface WatchedPlatformProps {
  readonly programs: Programs;
  /** What dist/ says of one environment, and its namespace. */
  readonly objects: readonly Rendered[];
  readonly namespace: string;
  /** Alerts whose `for` is two seconds here. */
  readonly impatient: readonly string[];
  readonly mailPassword: string;
}

export const SERVERS = 3;
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory', '512mb'];

/** The four services under traffic on three Redis servers, and what dist/ watches them with, all as processes of this machine. */
export class WatchedPlatform {
  readonly mailbox: Mailbox;
  /** The primary first. */
  readonly redis: RealRedis[] = [];
  readonly #props: WatchedPlatformProps;
  readonly #folder = mkdtempSync(join(tmpdir(), 'observability-'));
  readonly #stops: (() => unknown)[] = [];
  readonly #addresses: { readonly prometheus: string; readonly alertmanager: string };

  private constructor(props: WatchedPlatformProps, mailbox: Mailbox, ports: readonly [number, number]) {
    this.#props = props;
    this.mailbox = mailbox;
    this.#stops.push(() => mailbox.stop());
    this.#addresses = { prometheus: `127.0.0.1:${ports[0]}`, alertmanager: `127.0.0.1:${ports[1]}` };
  }

  static async start(props: WatchedPlatformProps): Promise<WatchedPlatform> {
    const platform = new WatchedPlatform(props, await Mailbox.start({ host: '127.0.0.1' }), [
      await freePort(),
      await freePort(),
    ]);
    try {
      await platform.#start();
    } catch (error) {
      await platform.stop();
      throw error;
    }
    return platform;
  }

  get queries(): Queries {
    return new Queries(`http://${this.#addresses.prometheus}`);
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) await stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Whether Alertmanager sends the alerts of a name: `active`, `suppressed`. */
  async statesOf(alertname: string): Promise<string[]> {
    const filter = encodeURIComponent(`alertname="${alertname}"`);
    const response = await fetch(`http://${this.#addresses.alertmanager}/api/v2/alerts?filter=${filter}`);
    const alerts = (await response.json()) as { status: { state: string } }[];
    return alerts.map(({ status }) => status.state);
  }

  async #start(): Promise<void> {
    const redis = await this.#startRedis();
    await this.recordBackup(1, 1_000);
    const { stop, ...services } = await startPlatform(this.redis[0]?.url);
    this.#stops.unshift(stop);
    await this.#startAlertmanager();
    const targets = [...redis, ...this.#targetsOf(services), ...(await this.#monitors())];
    const prometheus = await this.#startPrometheus(targets);
    const traffic = new Traffic(services);
    this.#stops.unshift(() => traffic.stop());
    await this.#judgeOnceRead(prometheus, targets);
  }

  /** It needs five seconds to find its targets: with rules from the start, alerts of two seconds would find everything absent. */
  async #judgeOnceRead(prometheus: Daemon, targets: readonly LocalTarget[]): Promise<void> {
    await eventually(
      async () => {
        const down = await this.queries.targetsDown();
        const up = await this.queries.values('up == 1');
        if (down.length > 0 || up.length < targets.length) {
          throw new Error(`${up.length} of ${targets.length} targets answer; ${down.join(', ')}`);
        }
      },
      { withinMs: 40_000 },
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${prometheus.output}`);
    });
    const { objects, impatient } = this.#props;
    writeRules({ objects, folder: this.#folder, impatient });
    prometheus.reload();
  }

  /** Starts a program and remembers to stop it. */
  #daemon(program: string, args: readonly string[]): Daemon {
    const started = new Daemon(program, args);
    this.#stops.push(() => started.stop());
    return started;
  }

  async #startRedis(): Promise<LocalTarget[]> {
    const targets: LocalTarget[] = [];
    for (let ordinal = 0; ordinal < SERVERS; ordinal++) {
      const [primary] = this.redis;
      const follow = primary === undefined ? [] : ['--replicaof', '127.0.0.1', String(primary.port)];
      const server = await RealRedis.start(this.#props.programs.redis, [...DURABLE, ...follow]);
      this.redis.push(server);
      this.#stops.push(() => server.stop());
      const address = `127.0.0.1:${await freePort()}`;
      this.#daemon(this.#props.programs.exporter, [
        `-redis.addr=redis://127.0.0.1:${server.port}`,
        `-web.listen-address=${address}`,
        '-config-command=-',
        ...this.#checkedKeys(),
      ]);
      targets.push(this.#target('redis', `redis-${ordinal}`, { portName: PORT_NAMES.redisExporter, address }));
    }
    return targets;
  }

  /** The keys that the exporter of dist/ shows. */
  #checkedKeys(): string[] {
    const servers = this.#props.objects.find(
      ({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === 'redis',
    );
    const exporter = servers?.spec?.template?.spec.containers.find(({ name }) => name === 'exporter');
    return (exporter?.args ?? []).filter((argument) => argument.startsWith('--check-single-keys='));
  }

  /** Writes what a backup job writes when it has ended. */
  async recordBackup(verified: 0 | 1, records: number): Promise<void> {
    const redis = new Redis(this.redis[0]?.port ?? 0);
    const values = backupKeys().flatMap((key) => [key, key === BACKUP_KEYS.verified ? verified : records]);
    await redis.mset(...values);
    redis.disconnect();
  }

  #target(name: string, pod: string, at: Pick<LocalTarget, 'portName' | 'address'>): LocalTarget {
    return { namespace: this.#props.namespace, name, pod, ...at };
  }

  #targetsOf(services: Omit<PlatformUnderTest, 'stop'>): LocalTarget[] {
    return Object.entries(services).map(([name, app]) =>
      this.#target(name, `${name}-0`, { portName: PORT_NAMES.admin, address: new URL(app.adminUrl).host }),
    );
  }

  async #startAlertmanager(): Promise<void> {
    const { objects, mailPassword, programs } = this.#props;
    const files = { objects, folder: this.#folder, smtpPort: this.mailbox.port, password: mailPassword };
    this.#daemon(programs.alertmanager, [
      `--config.file=${writeAlertmanagerFiles(files)}`,
      `--storage.path=${this.#folder}/alertmanager`,
      `--web.listen-address=${this.#addresses.alertmanager}`,
      '--cluster.listen-address=',
      '--web.external-url=http://localhost:9093',
    ]);
    await eventually(async () => {
      const { ok, status } = await fetch(`http://${this.#addresses.alertmanager}/-/ready`);
      if (!ok) throw new Error(`Alertmanager is not ready: ${status}`);
    });
  }

  async #startPrometheus(targets: readonly LocalTarget[]): Promise<Daemon> {
    const { objects, programs } = this.#props;
    const config = writePrometheusFiles({
      objects,
      folder: this.#folder,
      alertmanager: this.#addresses.alertmanager,
      certManager: await this.#startExposition(() => certificate(this.#props.namespace)),
      targets,
    });
    return this.#daemon(programs.prometheus, [
      `--config.file=${config}`,
      `--storage.tsdb.path=${this.#folder}/tsdb`,
      '--storage.tsdb.retention.size=100MB',
      // The first alerts go out before it has found Alertmanager: again after seconds, not a minute.
      '--rules.alert.resend-delay=2s',
      `--web.listen-address=${this.#addresses.prometheus}`,
    ]);
  }

  /** What watches is watched too. */
  async #monitors(): Promise<LocalTarget[]> {
    const { objects, namespace } = this.#props;
    const kubeStateMetrics = await this.#startExposition(() => kubeState(objects, namespace));
    return Object.entries({ ...this.#addresses, 'kube-state-metrics': kubeStateMetrics }).map(([name, address]) => ({
      namespace: `${namespace}-monitoring`,
      name,
      pod: `${name}-0`,
      portName: 'metrics',
      address,
    }));
  }

  async #startExposition(text: () => string): Promise<string> {
    const exposition = await Exposition.start(text);
    this.#stops.push(() => exposition.stop());
    return exposition.target;
  }
}

/** What cert-manager would show of a certificate that has been renewed. */
function certificate(namespace: string): string {
  const inSixtyDays = Math.floor(Date.now() / 1_000) + 60 * 86_400;
  return `certmanager_certificate_expiration_timestamp_seconds{namespace="${namespace}",name="edge"} ${inSixtyDays}\n`;
}
