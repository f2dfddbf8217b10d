import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { PORT_NAMES, PORTS } from '../../app/contract.ts';
import { WORKLOAD } from '../../guardrails/annotations.ts';
import { when } from '../constructs/lists.ts';
import { type ContainerProps, type Mount, scratch } from '../constructs/pod.ts';
import { Workload, type WorkloadProps } from '../constructs/workload.ts';
import { IMAGES } from '../images.ts';
import { podPolicy } from '../plan/part.ts';
import { internalRoles, ROLES, secretOf, serviceRoles } from './acl.ts';
import { addBackups } from './backups.ts';
import { type Store, sentinelFiles, serverFiles } from './config.ts';
import { EXPORTER_SIZE, SENTINEL_CLAIM_GI } from './demands.ts';
import { REDIS_EXPORTER_METRICS } from './monitoring.ts';
import {
  ACCOUNT,
  commonMounts,
  groupService,
  hostEnv,
  keptApart,
  NAMES,
  namesContainer,
  PATHS,
  scriptProbe,
  workloadOf,
} from './pod.ts';
import {
  backupKeys,
  backupOf,
  hasTls,
  REDIS_NAMES,
  SENTINEL_QUORUM,
  type SentinelRedis,
  serverCount,
} from './shape.ts';

/**
 * The store of one environment: servers, Sentinels, backups and their policies, by the environment's choice.
 * An external Redis yields no object: its clients' egress and secret are all there is.
 */
export class RedisStore extends Construct {
  constructor(scope: Construct, id: string, { environment, plan }: Omit<Store, 'redis'>) {
    super(scope, id);
    const { redis } = environment;
    if (redis.kind === 'external') return;
    const store: Store = { environment, redis, plan };
    new Workload(this, 'servers', servers(store));
    if (redis.kind === 'sentinel') new Workload(this, 'sentinels', sentinels(store, redis));
    const backup = backupOf(redis);
    if (backup !== null) addBackups(this, store, backup);
  }
}

/** The pods start in any order: the Sentinels say whom to follow, and a wait for ordinal 0 could last for ever. */
const IN_ANY_ORDER = { kind: 'statefulset', parallel: true, revisionHistoryLimit: 5 } as const;

/** The servers: one, or three of which a Sentinel-elected one leads. Their headless Service gives each a name, ready or not. */
function servers(store: Store): WorkloadProps {
  const { environment, redis } = store;
  const { persistence } = redis;
  const replicas = serverCount(redis);
  const watched = environment.monitoring.kind !== 'off';
  const failsOver = redis.kind === 'sentinel';
  const common = workloadOf(REDIS_NAMES.servers, store);
  return {
    ...common,
    annotations: {
      ...(failsOver ? { [WORKLOAD.drain]: '35s', [WORKLOAD.connectsTo]: common.traffic.calls } : ALONE),
      ...(watched ? { [WORKLOAD.metrics]: REDIS_EXPORTER_METRICS.join('\n') } : {}),
    },
    files: [{ configMap: REDIS_NAMES.servers, mountPath: PATHS.config, data: serverFiles(store) }],
    // A server that is not ready yet must be found by its primary and the Sentinels, or it never gets ready.
    service: groupService({ [PORT_NAMES.redis]: PORTS.redis, ...(watched ? EXPORTER_PORT : {}) }, failsOver),
    controller: {
      ...IN_ANY_ORDER,
      replicas,
      minReadySeconds: 5,
      claim: persistence.kind === 'volume' ? persistence : null,
    },
    minAvailable: replicas > 1 ? replicas - 1 : null,
    pod: {
      ...podPolicy(store.environment),
      ...(failsOver ? { apart: keptApart(REDIS_NAMES.servers, store) } : {}),
      // Longer than a hand-over and the write of what is left; Redis itself needs under a second.
      graceSeconds: 60,
      mounts: [...serverMounts(store), ...when(failsOver, NAMES)],
      initContainers: when(failsOver, namesContainer(redis.container)),
      containers: [serverContainer(store), ...when(watched, exporterContainer(store))],
    },
  };
}

const ALONE = {
  [WORKLOAD.drain]: '10s',
  [WORKLOAD.acceptedOutage]: '2m: one Redis by choice of this environment; services answer 503 until it is back',
};

const EXPORTER_PORT = { [PORT_NAMES.redisExporter]: PORTS.redisExporter };
const NAMES_FILE = { name: 'NAMES_FILE', value: NAMES.path };
/** The claim that the StatefulSet makes for each pod. */
const DATA: Mount = { name: 'data', path: PATHS.data, source: null };

function serverMounts({ environment, redis, plan }: Store): Mount[] {
  const roles = [...serviceRoles(plan.catalog), ...internalRoles(environment)];
  const data = redis.persistence.kind === 'none' ? scratch('data', PATHS.data, '64Mi') : DATA;
  return [...commonMounts(REDIS_NAMES.servers, roles, environment), data];
}

function serverContainer({ redis }: Store): ContainerProps {
  return {
    name: 'redis',
    image: IMAGES.redis,
    ...redis.container,
    command: ['sh', `${PATHS.config}/start-redis.sh`],
    env: [...hostEnv(REDIS_NAMES.servers), ...when(redis.kind === 'sentinel', NAMES_FILE)],
    ports: { [PORT_NAMES.redis]: PORTS.redis },
    probes: {
      // Loading a full AOF, or waiting for the Sentinels, is not a failure: ten minutes.
      startup: scriptProbe('live', { periodSeconds: 5, failureThreshold: 120 }),
      // A minute without any answer, not even "busy" or "loading".
      liveness: scriptProbe('live', { periodSeconds: 10, failureThreshold: 6 }),
      readiness: scriptProbe('ready', { periodSeconds: 5, failureThreshold: 3 }),
    },
  };
}

/** Redis' figures for Prometheus, beside each server. It reads no record and no configuration: its user may not. */
function exporterContainer({ redis, environment }: Store): ContainerProps {
  const role = ROLES.exporter;
  const tls = hasTls(environment);
  const file = (name: string) => `${PATHS.certificate}/${name}`;
  const health = { path: '/health', port: k8s.IntOrString.fromNumber(PORTS.redisExporter) };
  return {
    name: 'exporter',
    image: IMAGES.redisExporter,
    ...EXPORTER_SIZE,
    args: [
      `--redis.addr=${tls ? 'rediss://localhost' : 'redis://127.0.0.1'}:${PORTS.redis}`,
      `--redis.user=${role.user}`,
      `--web.listen-address=:${PORTS.redisExporter}`,
      // CONFIG GET would show the replica's password; INFO has the limits that alerts need.
      '--config-command=-',
      // It reads them for each connection, so that it follows a renewal.
      ...when(
        tls,
        `--tls-client-cert-file=${file('tls.crt')}`,
        `--tls-client-key-file=${file('tls.key')}`,
        `--tls-ca-cert-file=${file('ca.crt')}`,
      ),
      ...when(backupOf(redis) !== null, `--check-single-keys=${backupKeys().join(',')}`),
    ],
    env: [{ name: 'REDIS_PASSWORD', valueFrom: { secretKeyRef: { name: secretOf(role), key: role.passwordKey } } }],
    ports: EXPORTER_PORT,
    ...(tls ? { shownMounts: ['certificate'] } : {}),
    // No readiness: the exporter must not take Redis out of its Service.
    probes: { liveness: { httpGet: health, periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 6 } },
  };
}

/** The Sentinels, apart from the servers: a rollout of either leaves the other's majority alone (docs/explanation/decisions.md). */
function sentinels(store: Store, redis: SentinelRedis): WorkloadProps {
  const common = workloadOf(REDIS_NAMES.sentinels, store);
  return {
    ...common,
    annotations: { [WORKLOAD.drain]: '1s', [WORKLOAD.connectsTo]: common.traffic.calls },
    files: [{ configMap: REDIS_NAMES.sentinels, mountPath: PATHS.config, data: sentinelFiles(store) }],
    // Sentinels find each other by name before any of them is ready.
    service: groupService({ [PORT_NAMES.sentinel]: PORTS.sentinel }, true),
    controller: {
      ...IN_ANY_ORDER,
      replicas: serverCount(redis),
      // A new Sentinel needs a few seconds to hear of the others: the next one goes only after that.
      minReadySeconds: 10,
      // What a Sentinel has learnt: epochs, names, who leads.
      claim: { sizeGi: SENTINEL_CLAIM_GI, storageClass: redis.persistence.storageClass },
    },
    minAvailable: SENTINEL_QUORUM,
    pod: {
      ...podPolicy(store.environment),
      account: ACCOUNT,
      apart: keptApart(REDIS_NAMES.sentinels, store),
      graceSeconds: 10,
      mounts: [...commonMounts(REDIS_NAMES.sentinels, [ROLES.sentinel], store.environment), DATA, NAMES],
      initContainers: [namesContainer(redis.sentinelContainer)],
      containers: [sentinelContainer(redis)],
    },
  };
}

function sentinelContainer({ sentinelContainer: size }: SentinelRedis): ContainerProps {
  return {
    name: 'sentinel',
    image: IMAGES.redis,
    ...size,
    command: ['sh', `${PATHS.config}/start-sentinel.sh`],
    env: [...hostEnv(REDIS_NAMES.sentinels), NAMES_FILE],
    ports: { [PORT_NAMES.sentinel]: PORTS.sentinel },
    probes: {
      startup: scriptProbe('sentinel', { periodSeconds: 5, failureThreshold: 24 }),
      liveness: scriptProbe('sentinel', { periodSeconds: 10, failureThreshold: 6 }),
      readiness: scriptProbe('sentinel', { periodSeconds: 5, failureThreshold: 3 }),
    },
  };
}
