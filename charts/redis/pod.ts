import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-28';
import { TMP_DIR } from '../../app/contract.ts';
import { recommendedLabels, type SelectorLabels, selectorLabels, versionOf } from '../constructs/labels.ts';
import { nodeChoice } from '../constructs/node-choice.ts';
import { quantities, resourceList } from '../constructs/quantity.ts';
import { RESTRICTED_CONTAINER_SPEC, RESTRICTED_POD_SPEC } from '../constructs/restricted.ts';
import type { Environment } from '../environments/environment.ts';
import { IMAGES } from '../images.ts';
import { project } from '../project.ts';
import { type AclRole, standbyKey } from './acl.ts';
import type { ConfigFiles } from './config.ts';
import type { ContainerSize } from './demands.ts';
import { secretOf } from './secrets.ts';
import { REDIS_NAMES } from './shape.ts';

/** Paths in the containers; lib.sh has the same as its defaults. */
export const PATHS = {
  config: '/etc/redis',
  data: '/data',
  run: '/run/redis',
  secrets: '/run/secrets/redis',
  /** What the steps of a job hand on. */
  work: '/work',
} as const;

/** Name, selector and descriptive labels of one of the store's workloads. */
export function identity(name: string, { namespace }: Environment) {
  const version = versionOf(IMAGES.redis);
  return {
    name,
    pods: selectorLabels(name, namespace),
    metadata: {
      name,
      labels: recommendedLabels({ name, instance: namespace, partOf: project.name, component: 'store', version }),
    },
  };
}

/** What every pod of the store has: no token, no injected variables, the restricted context, the environment's placement and priority. */
export function podSpec(environment: Environment): Omit<k8s.PodSpec, 'containers'> {
  const { placement, priority, namespace } = environment;
  return {
    serviceAccountName: REDIS_NAMES.servers,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: RESTRICTED_POD_SPEC,
    ...(priority === null ? {} : { priorityClassName: namespace }),
    ...nodeChoice(placement),
  };
}

/** Keeps the pods of one workload on different nodes, by force or by preference, and over zones where there are some. */
export function keptApart(
  pods: SelectorLabels,
  force: boolean,
  zones: 'none' | 'preferred',
): Pick<k8s.PodSpec, 'affinity' | 'topologySpreadConstraints'> {
  const labelSelector = { matchLabels: { ...pods } };
  const term = { labelSelector, topologyKey: 'kubernetes.io/hostname' };
  const spread = { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' };
  return {
    affinity: {
      podAntiAffinity: force
        ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
        : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] },
    },
    ...(zones === 'none' ? {} : { topologySpreadConstraints: [{ ...spread, labelSelector }] }),
  };
}

/** What every container of Redis' image has. */
export function redisContainer(size: ContainerSize): Omit<k8s.Container, 'name'> {
  return {
    image: IMAGES.redis,
    imagePullPolicy: 'IfNotPresent',
    resources: resources(size),
    securityContext: RESTRICTED_CONTAINER_SPEC,
  };
}

export function resources({ requests, limits }: ContainerSize): k8s.ResourceRequirements {
  return { requests: quantities(resourceList(requests)), limits: quantities(resourceList(limits)) };
}

/** The volumes that every pod of the store mounts, and where: scripts, passwords, /tmp. */
export function commonVolumes(configMap: string, roles: readonly AclRole[]) {
  const volumes: k8s.Volume[] = [
    { name: 'config', configMap: { name: configMap } },
    // r--r-----: the group is the pod's fsGroup.
    { name: 'secrets', projected: { defaultMode: 0o440, sources: roles.flatMap(passwordSources) } },
    scratch('tmp', '16Mi'),
    // Configuration with passwords in it: in memory, never on the node's disk.
    { name: 'run', emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('1Mi') } },
  ];
  const mounts: k8s.VolumeMount[] = [
    { name: 'config', mountPath: PATHS.config, readOnly: true },
    { name: 'secrets', mountPath: PATHS.secrets, readOnly: true },
    { name: 'tmp', mountPath: TMP_DIR },
    { name: 'run', mountPath: PATHS.run },
  ];
  return { volumes, mounts };
}

export function scratch(name: string, sizeLimit: string): k8s.Volume {
  return { name, emptyDir: { sizeLimit: k8s.Quantity.fromString(sizeLimit) } };
}

/** The password, and its standby where there is one: pods start without it. */
function passwordSources(role: AclRole): k8s.VolumeProjection[] {
  const source = (key: string) => ({ name: secretOf(role), items: [{ key, path: key }] });
  return [{ secret: source(role.passwordKey) }, { secret: { ...source(standbyKey(role)), optional: true } }];
}

export function checksumOf(files: ConfigFiles): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(files)))
    .digest('hex');
}

/** The pod's own name, as the group knows it: `redis-0.redis`. */
export function hostEnv(name: string): k8s.EnvVar[] {
  return [
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'HOST', value: `$(POD_NAME).${name}` },
  ];
}

/** A probe by a script of the ConfigMap. */
export function scriptProbe(argument: string, options: Omit<k8s.Probe, 'exec'>): k8s.Probe {
  return { exec: { command: ['sh', `${PATHS.config}/probe.sh`, argument] }, timeoutSeconds: 5, ...options };
}
