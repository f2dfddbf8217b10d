import { BACKUP_KEYS } from '../../../charts/redis/shape.ts';
import { MONITORING } from '../production.ts';
import {
  crash,
  type Fault,
  fullMemory,
  idleClients,
  noSnapshots,
  patched,
  reported,
  scaled,
  secondPrimary,
  serverGone,
  withoutPeer,
} from './breaking.ts';

const SERVICES = ['front', 'users', 'quotes', 'search'];

/** Faults that do not get into each other's way happen together: most of the time goes by until an alert may fire. A server starts only where Sentinels are. */
export const FAULTS: readonly (readonly Fault[])[] = [
  [
    {
      name: 'every pod of front is gone',
      alerts: ['ServiceDown front'],
      hidden: ['PodsBelowMinReplicas front'],
      happens: scaled('deployment/front', 0, 3),
    },
    {
      name: 'a container of users has ended a third time',
      alerts: ['ContainerCrashLooping users'],
      happens: (scene) => crash(scene, 'users'),
    },
    {
      name: 'search finds no way to the store',
      alerts: ['ServiceLostRedis search', 'PodsBelowMinReplicas search'],
      happens: withoutPeer('search', '/spec/egress/1'),
    },
    {
      name: 'a replica has no memory left',
      alerts: ['RedisMemoryFull redis'],
      hidden: ['RedisMemoryHigh redis'],
      happens: fullMemory,
    },
    { name: 'a replica cannot write a snapshot', alerts: ['RedisPersistenceFailing redis'], happens: noSnapshots },
    {
      name: 'the last snapshot of the backup cannot be loaded',
      alerts: ['RedisBackupUnverified redis'],
      happens: reported(BACKUP_KEYS.verified, () => 0),
    },
    {
      name: 'the last backup holds less than half of the quotes',
      alerts: ['RedisRecordsLost redis'],
      hidden: ['RedisRecordsDropped redis'],
      happens: reported(`${BACKUP_KEYS.records}quotes`, (found) => 0.4 * found),
    },
  ],
  [
    {
      name: 'a policy keeps Prometheus out of users',
      alerts: ['ServiceDown users'],
      hidden: ['TargetDown users'],
      happens: withoutPeer('users', '/spec/ingress/1'),
    },
    {
      name: 'a release of search that cannot start',
      alerts: ['TargetDown search'],
      happens: patched('deployment', 'search', '/spec/template/spec/containers/0/image', 'localhost/absent:1'),
    },
    {
      name: 'a server of the store is gone, under writes',
      alerts: [
        'RedisReplicationBroken redis',
        'HighErrorRate quotes',
        'AvailabilityBudgetBurningFast quotes',
        'LatencyBudgetBurningFast quotes',
      ],
      hidden: ['RedisReplicaMissing redis'],
      echoes: ['SlowResponses quotes'],
      happens: serverGone,
    },
  ],
  [
    {
      name: 'every server of the store is gone',
      alerts: ['RedisDown redis'],
      hidden: SERVICES.map((service) => `ServiceLostRedis ${service}`),
      happens: scaled('statefulset/redis', 0, 3),
    },
    {
      name: 'kube-state-metrics is gone',
      alerts: ['KubeStateMetricsDown kube-state-metrics'],
      happens: scaled('deployment/kube-state-metrics', 0, 1, MONITORING),
    },
  ],
  [
    {
      name: 'metrics-server is gone',
      alerts: SERVICES.map((service) => `AutoscalerWithoutMetrics ${service}`),
      happens: scaled('deployment/metrics-server', 0, 1, 'kube-system'),
    },
    {
      name: 'Alertmanager is gone',
      alerts: ['AlertmanagerDown alertmanager'],
      happens: scaled('statefulset/alertmanager', 0, 1, MONITORING),
    },
    {
      name: 'two Sentinels are gone',
      alerts: ['RedisSentinelsMissing redis'],
      happens: scaled('statefulset/redis-sentinel', 1, 3),
    },
    { name: 'a replica has 850 clients', alerts: ['RedisConnectionsHigh redis'], happens: idleClients(850) },
  ],
  [
    {
      name: 'a second server takes writes, and no Sentinel is there',
      alerts: ['RedisSeveralPrimaries redis', 'RedisReplicationBroken redis'],
      happens: secondPrimary,
    },
  ],
];
