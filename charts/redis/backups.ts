import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { WORKLOAD } from '../../guardrails/annotations.ts';
import { claimSpec } from '../constructs/claim.ts';
import { RESTRICTED_CONTAINER_SPEC } from '../constructs/restricted.ts';
import { addressText } from '../constructs/traffic-policy.ts';
import type { Environment } from '../environments/environment.ts';
import type { RedisBackup } from '../environments/redis.ts';
import { IMAGES } from '../images.ts';
import { type AclRole, ROLES } from './acl.ts';
import { REPOSITORY } from './backup-names.ts';
import { redisClientCalls } from './client-traffic.ts';
import { backupFiles } from './config.ts';
import { type ContainerSize, jobSize, workMiB } from './demands.ts';
import { checksumOf, commonVolumes, identity, PATHS, podSpec, redisContainer, resources, scratch } from './pod.ts';
import { backupSecret } from './secrets.ts';
import { type OwnRedis, REDIS_NAMES } from './shape.ts';

export interface RedisBackupsProps {
  readonly environment: Environment;
  readonly redis: OwnRedis;
  readonly backup: RedisBackup;
  /** Users whose writes a restore rejects for a while. */
  readonly services: readonly AclRole[];
}

/** A container of a job: a script with its arguments, in the store's image or in restic's. */
interface Step {
  readonly name: string;
  readonly image: 'store' | 'restic';
  readonly command: readonly string[];
}

interface StoreJob {
  readonly name: string;
  /** One after the other; what they hand on is in the pod's work folder. */
  readonly steps: readonly [...Step[], Step];
  readonly role: AclRole;
  readonly suspend: boolean;
  readonly backoffLimit: number;
  readonly deadlineSeconds: number;
  readonly env: k8s.EnvVar[];
}

const BACKUP: StoreJob = {
  name: REDIS_NAMES.backup,
  steps: [
    { name: 'dump', image: 'store', command: ['backup.sh', 'dump'] },
    { name: 'keep', image: 'restic', command: ['repository.sh', 'keep', 'unverified'] },
    { name: 'verify', image: 'store', command: ['backup.sh', 'verify'] },
    { name: 'settle', image: 'restic', command: ['repository.sh', 'settle'] },
  ],
  role: ROLES.backup,
  suspend: false,
  backoffLimit: 2,
  deadlineSeconds: 3_000,
  env: [],
};

const RESTORE: StoreJob = {
  name: REDIS_NAMES.restore,
  steps: [
    { name: 'fetch', image: 'restic', command: ['repository.sh', 'fetch'] },
    { name: 'swap', image: 'store', command: ['restore.sh', 'swap'] },
    { name: 'keep', image: 'restic', command: ['repository.sh', 'keep', 'replaced'] },
    { name: 'finish', image: 'store', command: ['restore.sh', 'finish'] },
  ],
  role: ROLES.admin,
  suspend: true,
  // A pod that was killed is followed by one that goes on.
  backoffLimit: 3,
  deadlineSeconds: 7_200,
  env: [
    { name: 'SNAPSHOT', value: 'latest' },
    {
      name: 'RESTORE_ID',
      valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } },
    },
  ],
};

/**
 * Snapshots on a schedule, in a repository of restic, and the job that brings one back: a suspended CronJob, so that its pod is
 * part of the checked platform and `kubectl create job --from=cronjob/redis-restore` starts it.
 */
export class RedisBackups extends Construct {
  constructor(scope: Construct, id: string, props: RedisBackupsProps) {
    super(scope, id);
    const { environment, redis, backup } = props;
    const { metadata } = identity(REDIS_NAMES.backup, environment);
    new k8s.KubeConfigMap(this, 'config', { metadata, data: { ...backupFiles(props) } });
    if (backup.target.kind === 'volume') {
      const storageClass = redis.persistence.kind === 'volume' ? redis.persistence.storageClass : null;
      new k8s.KubePersistentVolumeClaim(this, 'volume', {
        metadata,
        spec: claimSpec(backup.target.sizeGi, storageClass),
      });
    }
    for (const job of [BACKUP, RESTORE]) this.addJob(props, job);
  }

  private addJob(props: RedisBackupsProps, job: StoreJob): void {
    const { environment, backup } = props;
    const { metadata } = identity(job.name, environment);
    const s3 = backup.target.kind === 's3' ? [addressText(backup.target.addresses)] : [];
    const calls = [redisClientCalls(environment), ...s3].join(', ');
    new k8s.KubeCronJob(this, job.name, {
      metadata: { ...metadata, annotations: { [WORKLOAD.connectsTo]: calls } },
      spec: {
        // The schedule of a suspended CronJob is never used, but the API asks for one.
        schedule: backup.schedule,
        timeZone: 'Etc/UTC',
        suspend: job.suspend,
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 600,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          metadata: { labels: { ...metadata.labels } },
          spec: {
            backoffLimit: job.backoffLimit,
            activeDeadlineSeconds: job.deadlineSeconds,
            template: {
              metadata: {
                labels: { ...metadata.labels },
                annotations: { 'checksum/config': checksumOf(backupFiles(props)) },
              },
              spec: jobPod(props, job),
            },
          },
        },
      },
    });
  }
}

function jobPod({ environment, redis, backup }: RedisBackupsProps, job: StoreJob): k8s.PodSpec {
  const { volumes, mounts } = commonVolumes(REDIS_NAMES.backup, [job.role]);
  const { name: secretName } = backupSecret(backup);
  const mountsOf = {
    store: [...mounts, { name: 'work', mountPath: PATHS.work }],
    restic: [
      ...mounts.filter(({ name }) => name !== 'secrets' && name !== 'run'),
      { name: 'repository-secrets', mountPath: PATHS.secrets, readOnly: true },
      { name: 'work', mountPath: PATHS.work },
      ...(backup.target.kind === 'volume' ? [{ name: 'repository', mountPath: REPOSITORY }] : []),
    ],
  };
  const container = ({ name, image, command: [script = '', ...args] }: Step): k8s.Container => ({
    name,
    ...(image === 'store' ? redisContainer(jobSize(redis)) : resticContainer(jobSize(redis))),
    command: ['sh', `${PATHS.config}/${script}`, ...args],
    ...(job.env.length === 0 ? {} : { env: job.env }),
    volumeMounts: mountsOf[image],
  });
  const containers = job.steps.map(container);
  return {
    ...podSpec(environment),
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 30,
    initContainers: containers.slice(0, -1),
    containers: containers.slice(-1),
    volumes: [
      ...volumes,
      { name: 'repository-secrets', secret: { secretName, defaultMode: 0o440 } },
      scratch('work', `${workMiB(redis)}Mi`),
      ...(backup.target.kind === 'volume'
        ? [{ name: 'repository', persistentVolumeClaim: { claimName: REDIS_NAMES.backup } }]
        : []),
    ],
  };
}

function resticContainer(size: ContainerSize): Omit<k8s.Container, 'name'> {
  return {
    image: IMAGES.restic,
    imagePullPolicy: 'IfNotPresent',
    resources: resources(size),
    securityContext: RESTRICTED_CONTAINER_SPEC,
  };
}
