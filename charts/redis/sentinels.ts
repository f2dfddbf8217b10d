import type { k8s } from 'cdk8s-plus-28';
import { PORT_NAMES, PORTS } from '../../app/contract.ts';
import { WORKLOAD } from '../../guardrails/annotations.ts';
import { dataClaim } from '../constructs/claim.ts';
import type { Environment } from '../environments/environment.ts';
import { ROLES } from './acl.ts';
import { sentinelFiles } from './config.ts';
import { SENTINEL_CLAIM_GI } from './demands.ts';
import type { RedisGroupProps } from './group.ts';
import { commonVolumes, hostEnv, identity, keptApart, PATHS, podSpec, redisContainer, scriptProbe } from './pod.ts';
import { needsOwnHosts, REDIS_NAMES, SENTINEL_QUORUM, type SentinelRedis, serverCount } from './shape.ts';

/** The Sentinels, apart from the servers: a rollout of either leaves the other's majority alone (docs/decisions.md). */
export function sentinelGroup(environment: Environment, redis: SentinelRedis): RedisGroupProps {
  return {
    environment,
    name: REDIS_NAMES.sentinels,
    replicas: serverCount(redis),
    minAvailable: SENTINEL_QUORUM,
    files: sentinelFiles(redis),
    ports: { [PORT_NAMES.sentinel]: PORTS.sentinel },
    // Sentinels find each other by name before any of them is ready.
    namedUnready: true,
    // A new Sentinel needs a few seconds to hear of the others: the next one goes only after that.
    minReadySeconds: 10,
    annotations: {
      [WORKLOAD.drain]: '1s',
      [WORKLOAD.connectsTo]: `redis:${PORTS.redis}, redis-sentinel:${PORTS.sentinel}`,
    },
    pod: sentinelPod(environment, redis),
    // What a Sentinel has learnt: epochs, names, who leads.
    claim: dataClaim(SENTINEL_CLAIM_GI, redis.persistence.storageClass),
  };
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
