import type { k8s } from 'cdk8s-plus-28';
import { PORT_NAMES, PORTS } from '../../app/contract.ts';
import { WORKLOAD } from '../../guardrails/annotations.ts';
import { dataClaim } from '../constructs/claim.ts';
import type { Environment } from '../environments/environment.ts';
import { REDIS_EXPORTER_METRICS } from '../monitoring/sources/metric-lines.ts';
import type { ServiceSpec } from '../plan/service-spec.ts';
import { type AclRole, internalRoles, serviceRoles } from './acl.ts';
import { serverFiles } from './config.ts';
import { exporterContainer } from './exporter.ts';
import type { RedisGroupProps } from './group.ts';
import {
  commonVolumes,
  hostEnv,
  identity,
  keptApart,
  PATHS,
  podSpec,
  redisContainer,
  scratch,
  scriptProbe,
} from './pod.ts';
import { backupOf, needsOwnHosts, type OwnRedis, REDIS_NAMES, serverCount } from './shape.ts';

/** Longer than a hand-over and the write of what is left; Redis itself needs under a second. */
const GRACE_SECONDS = 60;

/** The servers: one, or three of which a Sentinel-elected one leads. Their headless Service gives each a name, ready or not. */
export function serverGroup(
  environment: Environment,
  redis: OwnRedis,
  catalog: readonly ServiceSpec[],
): RedisGroupProps {
  const roles = [...serviceRoles(catalog), ...internalRoles(environment)];
  const { persistence } = redis;
  const replicas = serverCount(redis);
  const watched = environment.monitoring.kind !== 'off';
  return {
    environment,
    name: REDIS_NAMES.servers,
    replicas,
    minAvailable: replicas > 1 ? replicas - 1 : null,
    files: serverFiles(redis, roles),
    ports: {
      [PORT_NAMES.redis]: PORTS.redis,
      ...(watched ? { [PORT_NAMES.redisExporter]: PORTS.redisExporter } : {}),
    },
    // A server that is not ready yet must be found by its primary and the Sentinels, or it never gets ready.
    namedUnready: redis.kind === 'sentinel',
    minReadySeconds: 5,
    annotations: { ...annotations(redis), ...exporterMetrics(environment) },
    pod: serverPod(environment, redis, roles),
    claim: persistence.kind === 'volume' ? dataClaim(persistence.sizeGi, persistence.storageClass) : null,
  };
}

/** What the exporter beside each server shows. */
function exporterMetrics({ monitoring }: Environment): Record<string, string> {
  return monitoring.kind === 'off' ? {} : { [WORKLOAD.metrics]: REDIS_EXPORTER_METRICS.join('\n') };
}

function annotations(redis: OwnRedis): Record<string, string> {
  return redis.kind === 'sentinel'
    ? { [WORKLOAD.drain]: '35s', [WORKLOAD.connectsTo]: `redis:${PORTS.redis}, redis-sentinel:${PORTS.sentinel}` }
    : {
        [WORKLOAD.drain]: '10s',
        [WORKLOAD.acceptedOutage]: '2m: one Redis by choice of this environment; services answer 503 until it is back',
      };
}

function serverPod(environment: Environment, redis: OwnRedis, roles: readonly AclRole[]): k8s.PodSpec {
  const { pods } = identity(REDIS_NAMES.servers, environment);
  const { volumes, mounts } = commonVolumes(REDIS_NAMES.servers, roles);
  const apart = redis.kind === 'sentinel' ? keptApart(pods, needsOwnHosts(environment), environment.spread.zones) : {};
  const ephemeral = redis.persistence.kind === 'none' ? [scratch('data', '64Mi')] : [];
  return {
    ...podSpec(environment),
    ...apart,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    containers: [
      serverContainer(redis, [...mounts, { name: 'data', mountPath: PATHS.data }]),
      ...(environment.monitoring.kind === 'off' ? [] : [exporterContainer(backupOf(redis) !== null)]),
    ],
    volumes: [...volumes, ...ephemeral],
  };
}

function serverContainer(redis: OwnRedis, volumeMounts: k8s.VolumeMount[]): k8s.Container {
  return {
    name: 'redis',
    ...redisContainer(redis.container),
    command: ['sh', `${PATHS.config}/start-redis.sh`],
    env: hostEnv(REDIS_NAMES.servers),
    ports: [{ name: PORT_NAMES.redis, containerPort: PORTS.redis, protocol: 'TCP' }],
    // Loading a full AOF, or waiting for the Sentinels, is not a failure: ten minutes.
    startupProbe: scriptProbe('live', { periodSeconds: 5, failureThreshold: 120 }),
    // A minute without any answer, not even "busy" or "loading".
    livenessProbe: scriptProbe('live', { periodSeconds: 10, failureThreshold: 6 }),
    readinessProbe: scriptProbe('ready', { periodSeconds: 5, failureThreshold: 3 }),
    volumeMounts,
  };
}
