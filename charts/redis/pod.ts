import { k8s } from 'cdk8s-plus-28';
import { TMP_DIR } from '../../app/contract.ts';
import { type SelectorLabels, selectorLabels, versionOf } from '../constructs/labels.ts';
import { type ContainerProps, type Mount, type PodProps, scratch, secretMount } from '../constructs/pod.ts';
import type { ContainerSize } from '../constructs/quantity.ts';
import type { WorkloadService } from '../constructs/workload.ts';
import { IMAGES } from '../images.ts';
import type { EnvironmentWithStore as Environment } from '../plan/environment.ts';
import { certificateMount } from '../plan/internal-tls.ts';
import { type AclRole, secretOf, standbyKey } from './acl.ts';
import type { Store } from './config.ts';
import { hasTls, needsOwnHosts, REDIS_NAMES } from './shape.ts';

/** Paths in the containers; lib.sh has the same as its defaults. */
export const PATHS = {
  config: '/etc/redis',
  data: '/data',
  run: '/run/redis',
  secrets: '/run/secrets/redis',
  certificate: '/run/secrets/tls',
  /** What the steps of a job hand on. */
  work: '/work',
} as const;

export function workloadOf(name: string, { environment, plan }: Store) {
  const { namespace } = environment;
  return {
    name,
    namespace,
    labels: plan.labels({ name, component: 'store', version: versionOf(IMAGES.redis) }),
    traffic: plan.traffic({ kind: 'workload', name, namespace }),
  };
}

/** Keeps the pods of one workload on different nodes, by force where there are enough, and over zones where there are some. */
export function keptApart(name: string, { environment }: Store): NonNullable<PodProps['apart']> {
  const pods: SelectorLabels = selectorLabels(name, environment.namespace);
  const labelSelector = { matchLabels: { ...pods } };
  const term = { labelSelector, topologyKey: 'kubernetes.io/hostname' };
  const zones = { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' };
  return {
    affinity: {
      podAntiAffinity: needsOwnHosts(environment)
        ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
        : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] },
    },
    ...(environment.spread.zones === 'none' ? {} : { topologySpreadConstraints: [{ ...zones, labelSelector }] }),
  };
}

/** What every pod of the store mounts beside its configuration: passwords, and their standby where there is one, its certificate, and /tmp. */
export function commonMounts(name: string, roles: readonly AclRole[], environment: Environment): Mount[] {
  const passwords = roles.flatMap((role) => [
    { secret: secretOf(role), keys: [role.passwordKey], optional: false },
    { secret: secretOf(role), keys: [standbyKey(role)], optional: true },
  ]);
  const inMemory = { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('1Mi') };
  return [
    secretMount('secrets', PATHS.secrets, passwords),
    ...(hasTls(environment) ? [certificateMount(name, PATHS.certificate)] : []),
    scratch('tmp', TMP_DIR, '16Mi'),
    // Configuration with passwords in it never reaches the node's disk.
    { name: 'run', path: PATHS.run, source: { emptyDir: inMemory } },
  ];
}

/** The pod's own hosts file, which lib.sh keeps in step with the addresses of the group: a copy of the kubelet's to begin with. */
export const NAMES: Mount = {
  name: 'names',
  path: '/etc/hosts',
  subPath: 'hosts',
  source: { emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('1Mi') } },
};

/** Runs before the container of this size, which then finds NAMES. */
export function namesContainer({ requests, limits }: ContainerSize): ContainerProps {
  return {
    name: 'names',
    image: IMAGES.redis,
    requests,
    limits,
    command: ['cp', NAMES.path, '/names/hosts'],
    ports: {},
    ownMounts: [{ name: NAMES.name, path: '/names' }],
  };
}

/** The pod's own name, as the group knows it: `redis-0.redis`. */
export function hostEnv(name: string): k8s.EnvVar[] {
  return [
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'HOST', value: `$(POD_NAME).${name}` },
  ];
}

export function scriptProbe(argument: string, options: Omit<k8s.Probe, 'exec'>): k8s.Probe {
  return { exec: { command: ['sh', `${PATHS.config}/probe.sh`, argument] }, timeoutSeconds: 5, ...options };
}

/** A headless Service on these ports, each of which leads to the container port of its name. */
export function groupService(ports: Readonly<Record<string, number>>, namedUnready: boolean): WorkloadService {
  return {
    headless: true,
    namedUnready,
    ports: Object.entries(ports).map(([name, port]) => ({
      name,
      port,
      targetPort: k8s.IntOrString.fromString(name),
    })),
  };
}

export const ACCOUNT = REDIS_NAMES.servers;
