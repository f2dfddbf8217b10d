import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { WORKLOAD } from '../../guardrails/annotations.ts';
import { claimSpec } from '../constructs/claim.ts';
import type { Environment } from '../environments/environment.ts';
import type { RedisBackup } from '../environments/redis.ts';
import { type AclRole, ROLES } from './acl.ts';
import { redisClientCalls } from './client-traffic.ts';
import { backupFiles } from './config.ts';
import { BACKUP_SIZE, type ContainerSize } from './demands.ts';
import { commonVolumes, identity, PATHS, podSpec, redisContainer } from './pod.ts';
import { type OwnRedis, REDIS_NAMES } from './shape.ts';

export interface RedisBackupsProps {
  readonly environment: Environment;
  readonly redis: OwnRedis;
  readonly backup: RedisBackup;
}

interface StoreJob {
  readonly name: string;
  readonly script: string;
  readonly role: AclRole;
  readonly size: ContainerSize;
  readonly deadlineSeconds: number;
  readonly env: k8s.EnvVar[];
  readonly writesBackups: boolean;
}

/**
 * Snapshots on a schedule, on a volume of their own, and the job that brings one back: a suspended CronJob, so that its pod is
 * part of the checked platform and `kubectl create job --from=cronjob/redis-restore` starts it.
 */
export class RedisBackups extends Construct {
  constructor(scope: Construct, id: string, props: RedisBackupsProps) {
    super(scope, id);
    const { environment, redis, backup } = props;
    const { metadata } = identity(REDIS_NAMES.backup, environment);
    new k8s.KubeConfigMap(this, 'config', { metadata, data: { ...backupFiles(redis, backup) } });
    this.addVolume(props);
    this.addJob(environment, backup.schedule, false, {
      name: REDIS_NAMES.backup,
      script: 'backup.sh',
      role: ROLES.backup,
      size: BACKUP_SIZE,
      deadlineSeconds: 900,
      env: [],
      writesBackups: true,
    });
    // The schedule of a suspended CronJob is never used, but the API asks for one.
    this.addJob(environment, backup.schedule, true, {
      name: REDIS_NAMES.restore,
      script: 'restore.sh',
      role: ROLES.admin,
      size: redis.container,
      deadlineSeconds: 3_600,
      env: [{ name: 'SNAPSHOT', value: 'latest' }],
      writesBackups: false,
    });
  }

  private addVolume({ environment, redis, backup }: RedisBackupsProps): void {
    const storageClass = redis.persistence.kind === 'volume' ? redis.persistence.storageClass : null;
    new k8s.KubePersistentVolumeClaim(this, 'volume', {
      metadata: identity(REDIS_NAMES.backup, environment).metadata,
      spec: claimSpec(backup.sizeGi, storageClass),
    });
  }

  private addJob(environment: Environment, schedule: string, suspend: boolean, job: StoreJob): void {
    const { metadata } = identity(job.name, environment);
    const calls = redisClientCalls(environment);
    new k8s.KubeCronJob(this, job.name, {
      metadata: { ...metadata, annotations: { [WORKLOAD.connectsTo]: calls } },
      spec: {
        schedule,
        timeZone: 'Etc/UTC',
        suspend,
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 600,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          metadata: { labels: { ...metadata.labels } },
          spec: {
            // A restore that failed is looked at before it is tried again.
            backoffLimit: suspend ? 0 : 2,
            activeDeadlineSeconds: job.deadlineSeconds,
            template: { metadata: { labels: { ...metadata.labels } }, spec: jobPod(environment, job) },
          },
        },
      },
    });
  }
}

function jobPod(environment: Environment, job: StoreJob): k8s.PodSpec {
  const { volumes, mounts } = commonVolumes(REDIS_NAMES.backup, [job.role]);
  const claimName = REDIS_NAMES.backup;
  return {
    ...podSpec(environment),
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 10,
    containers: [
      {
        name: job.name,
        ...redisContainer(job.size),
        command: ['sh', `${PATHS.config}/${job.script}`],
        ...(job.env.length === 0 ? {} : { env: job.env }),
        volumeMounts: [
          ...mounts,
          { name: 'backup', mountPath: PATHS.backup, ...(job.writesBackups ? {} : { readOnly: true }) },
        ],
      },
    ],
    volumes: [...volumes, { name: 'backup', persistentVolumeClaim: { claimName } }],
  };
}
