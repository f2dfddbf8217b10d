import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { WORKLOAD } from '../../guardrails/annotations.ts';
import { type Controller, claimSpec } from '../constructs/controller.ts';
import { type ContainerProps, type Mount, type PodProps, scratch } from '../constructs/pod.ts';
import { Workload } from '../constructs/workload.ts';
import { IMAGES } from '../images.ts';
import type { RedisBackup } from '../plan/environment.ts';
import { podPolicy } from '../plan/part.ts';
import { type AclRole, backupSecret, ROLES } from './acl.ts';
import { backupFiles, type Store } from './config.ts';
import { jobSize, workMiB } from './demands.ts';
import { ACCOUNT, commonMounts, PATHS, workloadOf } from './pod.ts';
import { REDIS_NAMES, REPOSITORY } from './shape.ts';

/** A container of a job: a script with its arguments, in the store's image or in restic's. */
interface Step {
  readonly name: string;
  readonly image: 'store' | 'restic';
  readonly command: readonly [script: string, ...args: string[]];
}

interface StoreJob
  extends Pick<Extract<Controller, { kind: 'cronjob' }>, 'suspend' | 'backoffLimit' | 'deadlineSeconds'> {
  readonly name: string;
  /** One after the other; what they hand on is in the pod's work folder. */
  readonly steps: readonly Step[];
  readonly role: AclRole;
  readonly env: readonly k8s.EnvVar[];
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

/** Suspended, so that its pod is part of the checked platform: its schedule is never used, but the API asks for one. */
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

/** Snapshots on a schedule, in a repository of restic, and the job that brings one back when a person starts it. */
export function addBackups(scope: Construct, store: Store, backup: RedisBackup): void {
  const { persistence } = store.redis;
  const { name, namespace, labels } = workloadOf(REDIS_NAMES.backup, store);
  if (backup.target.kind === 'volume') {
    const storageClass = persistence.kind === 'volume' ? persistence.storageClass : null;
    new k8s.KubePersistentVolumeClaim(scope, 'backup-volume', {
      metadata: { name, namespace, labels: { ...labels } },
      spec: claimSpec(backup.target.sizeGi, storageClass),
    });
  }
  const data = backupFiles(store, backup);
  for (const job of [BACKUP, RESTORE]) {
    const common = workloadOf(job.name, store);
    const { suspend, backoffLimit, deadlineSeconds } = job;
    new Workload(scope, job.name, {
      ...common,
      annotations: { [WORKLOAD.connectsTo]: common.traffic.calls },
      // Both jobs read one ConfigMap, which the backup makes.
      files: [{ configMap: name, mountPath: PATHS.config, data, shared: job !== BACKUP }],
      controller: { kind: 'cronjob', schedule: backup.schedule, suspend, backoffLimit, deadlineSeconds },
      pod: jobPod(store, backup, job),
    });
  }
}

function jobPod(store: Store, backup: RedisBackup, job: StoreJob): Omit<PodProps, 'account'> & { account: string } {
  const repository = repositoryMounts(backup);
  const work = scratch('work', PATHS.work, `${workMiB(store.redis)}Mi`);
  const own = commonMounts(job.name, [job.role], store.environment);
  /** The passwords of the servers stay out of restic's containers, and that of the repository out of the servers' image. */
  const hidden = { store: repository.map(({ name }) => name), restic: ['secrets', 'run', 'certificate'] };
  const containers = job.steps.map(
    ({ name, image, command: [script, ...args] }): ContainerProps => ({
      name,
      image: image === 'store' ? IMAGES.redis : IMAGES.restic,
      ...jobSize(store.redis),
      command: ['sh', `${PATHS.config}/${script}`, ...args],
      env: job.env,
      ports: {},
      hiddenMounts: hidden[image],
    }),
  );
  return {
    ...podPolicy(store.environment),
    account: ACCOUNT,
    restartPolicy: 'Never',
    graceSeconds: 30,
    mounts: [...own, ...repository, work],
    initContainers: containers.slice(0, -1),
    containers: containers.slice(-1),
  };
}

/** The repository, and what opens it, for restic's containers. */
function repositoryMounts(backup: RedisBackup): Mount[] {
  const { name: secretName } = backupSecret(backup);
  const secrets: Mount = {
    name: 'repository-secrets',
    path: PATHS.secrets,
    readOnly: true,
    source: { secret: { secretName, defaultMode: 0o440 } },
  };
  if (backup.target.kind === 's3') return [secrets];
  const source = { persistentVolumeClaim: { claimName: REDIS_NAMES.backup } };
  return [secrets, { name: 'repository', path: REPOSITORY, source }];
}
