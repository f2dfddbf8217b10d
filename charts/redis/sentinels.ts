import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { PORT_NAMES, PORTS } from '../../app/contract.ts';
import { WORKLOAD } from '../../guardrails/annotations.ts';
import { DisruptionBudget } from '../constructs/disruption-budget.ts';
import type { Environment } from '../environments/environment.ts';
import { ROLES } from './acl.ts';
import { sentinelFiles } from './config.ts';
import { SENTINEL_CLAIM_GI } from './demands.ts';
import {
  checksumOf,
  commonVolumes,
  hostEnv,
  identity,
  keptApart,
  PATHS,
  podSpec,
  redisContainer,
  scriptProbe,
} from './pod.ts';
import { needsOwnHosts, REDIS_NAMES, SENTINEL_QUORUM, type SentinelRedis, serverCount } from './shape.ts';

export interface SentinelsProps {
  readonly environment: Environment;
  readonly redis: SentinelRedis;
}

/** The Sentinels, apart from the servers: a rollout of either leaves the other's majority alone (docs/decisions.md). */
export class RedisSentinels extends Construct {
  constructor(scope: Construct, id: string, { environment, redis }: SentinelsProps) {
    super(scope, id);
    const { name, pods, metadata } = identity(REDIS_NAMES.sentinels, environment);
    const files = sentinelFiles(redis);
    new k8s.KubeConfigMap(this, 'config', { metadata, data: { ...files } });
    new k8s.KubeService(this, 'service', {
      metadata,
      spec: {
        clusterIp: 'None',
        selector: { ...pods },
        // Sentinels find each other by name before any of them is ready.
        publishNotReadyAddresses: true,
        ports: [
          {
            name: PORT_NAMES.sentinel,
            port: PORTS.sentinel,
            targetPort: k8s.IntOrString.fromString(PORT_NAMES.sentinel),
          },
        ],
      },
    });
    new DisruptionBudget(this, 'disruption-budget', { ...metadata, pods, minAvailable: SENTINEL_QUORUM });
    new k8s.KubeStatefulSet(this, 'sentinels', {
      metadata: {
        ...metadata,
        annotations: {
          [WORKLOAD.drain]: '1s',
          [WORKLOAD.calls]: `redis:${PORTS.redis}, redis-sentinel:${PORTS.sentinel}`,
        },
      },
      spec: {
        serviceName: name,
        replicas: serverCount(redis),
        selector: { matchLabels: { ...pods } },
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate' },
        // A new Sentinel needs a few seconds to hear of the others: the next one goes only after that.
        minReadySeconds: 10,
        revisionHistoryLimit: 5,
        template: {
          metadata: { labels: { ...metadata.labels }, annotations: { 'checksum/config': checksumOf(files) } },
          spec: sentinelPod(environment, redis),
        },
        volumeClaimTemplates: [claim(redis)],
      },
    });
  }
}

function sentinelPod(environment: Environment, redis: SentinelRedis): k8s.PodSpec {
  const { pods } = identity(REDIS_NAMES.sentinels, environment);
  const { volumes, mounts } = commonVolumes(REDIS_NAMES.sentinels, [ROLES.sentinel]);
  return {
    ...podSpec(environment),
    ...keptApart(pods, needsOwnHosts(environment), environment.spread.zones),
    terminationGracePeriodSeconds: 10,
    containers: [
      {
        name: 'sentinel',
        ...redisContainer(redis.sentinelContainer),
        command: ['sh', `${PATHS.config}/start-sentinel.sh`],
        env: hostEnv(REDIS_NAMES.sentinels),
        ports: [{ name: PORT_NAMES.sentinel, containerPort: PORTS.sentinel, protocol: 'TCP' }],
        startupProbe: scriptProbe('sentinel', { periodSeconds: 5, failureThreshold: 24 }),
        livenessProbe: scriptProbe('sentinel', { periodSeconds: 10, failureThreshold: 6 }),
        readinessProbe: scriptProbe('sentinel', { periodSeconds: 5, failureThreshold: 3 }),
        volumeMounts: [...mounts, { name: 'data', mountPath: PATHS.data }],
      },
    ],
    volumes,
  };
}

/** What a Sentinel has learnt: epochs, names, who leads. */
function claim({ persistence }: SentinelRedis): k8s.KubePersistentVolumeClaimProps {
  return {
    metadata: { name: 'data' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(persistence.storageClass === null ? {} : { storageClassName: persistence.storageClass }),
      resources: { requests: { storage: k8s.Quantity.fromString(`${SENTINEL_CLAIM_GI}Gi`) } },
    },
  };
}
