import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { PORT_NAMES, PORTS } from '../../app/contract.ts';
import { WORKLOAD } from '../../guardrails/annotations.ts';
import { DisruptionBudget } from '../constructs/disruption-budget.ts';
import type { Environment } from '../environments/environment.ts';
import { REDIS_EXPORTER_METRICS } from '../monitoring/sources/metric-lines.ts';
import { rolesOf } from './acl.ts';
import { serverFiles } from './config.ts';
import { exporterContainer } from './exporter.ts';
import {
  checksumOf,
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
import { needsOwnHosts, type OwnRedis, REDIS_NAMES, serverCount } from './shape.ts';

export interface ServersProps {
  readonly environment: Environment;
  readonly redis: OwnRedis;
}

/** Longer than a hand-over and the write of what is left; Redis itself needs under a second. */
const GRACE_SECONDS = 60;

/** The servers: one, or three of which a Sentinel-elected one leads. Their headless Service gives each a name, ready or not. */
export class RedisServers extends Construct {
  constructor(scope: Construct, id: string, { environment, redis }: ServersProps) {
    super(scope, id);
    const { name, pods, metadata } = identity(REDIS_NAMES.servers, environment);
    const files = serverFiles(environment, redis);
    const count = serverCount(redis);
    new k8s.KubeConfigMap(this, 'config', { metadata, data: { ...files } });
    this.addService(environment, redis);
    if (count > 1) new DisruptionBudget(this, 'disruption-budget', { ...metadata, pods, minAvailable: count - 1 });
    new k8s.KubeStatefulSet(this, 'servers', {
      metadata: { ...metadata, annotations: { ...annotations(redis), ...exporterMetrics(environment) } },
      spec: {
        serviceName: name,
        replicas: count,
        selector: { matchLabels: { ...pods } },
        // Any order: whom to follow is what the Sentinels say, and waiting for ordinal 0 could wait for ever.
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate' },
        minReadySeconds: 5,
        revisionHistoryLimit: 5,
        template: {
          metadata: { labels: { ...metadata.labels }, annotations: { 'checksum/config': checksumOf(files) } },
          spec: serverPod(environment, redis),
        },
        ...(redis.persistence.kind === 'volume' ? { volumeClaimTemplates: [claim(redis.persistence)] } : {}),
      },
    });
  }

  private addService(environment: Environment, redis: OwnRedis): void {
    const { pods, metadata } = identity(REDIS_NAMES.servers, environment);
    const port = (name: string, number: number) => ({
      name,
      port: number,
      targetPort: k8s.IntOrString.fromString(name),
    });
    new k8s.KubeService(this, 'service', {
      metadata,
      spec: {
        clusterIp: 'None',
        selector: { ...pods },
        // A server that is not ready yet must be found by its primary and the Sentinels, or it never gets ready.
        ...(redis.kind === 'sentinel' ? { publishNotReadyAddresses: true } : {}),
        ports: [
          port(PORT_NAMES.redis, PORTS.redis),
          ...(environment.monitoring.kind === 'off' ? [] : [port(PORT_NAMES.redisExporter, PORTS.redisExporter)]),
        ],
      },
    });
  }
}

/** What the exporter beside each server shows. */
function exporterMetrics({ monitoring }: Environment): Record<string, string> {
  return monitoring.kind === 'off' ? {} : { [WORKLOAD.metrics]: REDIS_EXPORTER_METRICS.join('\n') };
}

function annotations(redis: OwnRedis): Record<string, string> {
  return redis.kind === 'sentinel'
    ? { [WORKLOAD.drain]: '35s', [WORKLOAD.calls]: `redis:${PORTS.redis}, redis-sentinel:${PORTS.sentinel}` }
    : {
        [WORKLOAD.drain]: '10s',
        [WORKLOAD.acceptedOutage]: '2m: one Redis by choice of this environment; services answer 503 until it is back',
      };
}

function serverPod(environment: Environment, redis: OwnRedis): k8s.PodSpec {
  const { pods } = identity(REDIS_NAMES.servers, environment);
  const { volumes, mounts } = commonVolumes(REDIS_NAMES.servers, rolesOf(environment));
  const apart = redis.kind === 'sentinel' ? keptApart(pods, needsOwnHosts(environment), environment.spread.zones) : {};
  const ephemeral = redis.persistence.kind === 'none' ? [scratch('data', '64Mi')] : [];
  return {
    ...podSpec(environment),
    ...apart,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    containers: [
      serverContainer(redis, [...mounts, { name: 'data', mountPath: PATHS.data }]),
      ...(environment.monitoring.kind === 'off' ? [] : [exporterContainer()]),
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

function claim(persistence: Extract<OwnRedis['persistence'], { kind: 'volume' }>): k8s.KubePersistentVolumeClaimProps {
  return {
    metadata: { name: 'data' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(persistence.storageClass === null ? {} : { storageClassName: persistence.storageClass }),
      resources: { requests: { storage: k8s.Quantity.fromString(`${persistence.sizeGi}Gi`) } },
    },
  };
}
