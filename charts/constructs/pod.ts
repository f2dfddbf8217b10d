import { k8s } from 'cdk8s-plus-28';
import type { SelectorLabels } from './labels.ts';
import { type ContainerSize, resourceRequirements } from './quantity.ts';

/** User and group of a process that asks for no other; scanners want at least 10000. */
export const DEFAULT_UID = 10_001;

/**
 * resolv.conf(5): until a lost node is noticed (40 s), each lookup may ask the name server that was on it, and all its attempts ask
 * the same one. By default that takes 10 s, longer than a failover of the store; a new lookup may ask another.
 */
const LOOKUP_OPTIONS: k8s.PodDnsConfigOption[] = [
  { name: 'timeout', value: '1' },
  { name: 'attempts', value: '2' },
];

export interface Placement {
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly {
    readonly key: string;
    readonly value: string;
    readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  }[];
  /** Wishes beyond the spread, as Kubernetes writes them; null for none. */
  readonly affinity: k8s.Affinity | null;
}

/** One volume and the folder in which the first container finds it. */
export interface Mount {
  readonly name: string;
  readonly path: string;
  /** @default - false */
  readonly readOnly?: boolean;
  /** One file of the volume, which must be there before the container. @default - the whole volume */
  readonly subPath?: string;
  /** What is mounted; null for the claim of this name, which the StatefulSet makes for each pod. */
  readonly source: Omit<k8s.Volume, 'name'> | null;
}

export interface ContainerProps extends ContainerSize {
  readonly name: string;
  /** With its exact tag, and its digest once there is one. */
  readonly image: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly k8s.EnvVar[];
  /** ConfigMap whose keys are the environment. */
  readonly envFrom?: string;
  readonly probes?: {
    readonly startup?: k8s.Probe;
    readonly liveness?: k8s.Probe;
    readonly readiness?: k8s.Probe;
  };
  /** A command before SIGTERM. @default - none: the process drains by itself */
  readonly preStop?: readonly string[];
  /** Volumes of the pod by name, and where it has them, in place of the pod's mounts. @default - the pod's mounts */
  readonly ownMounts?: readonly Pick<Mount, 'name' | 'path'>[];
  /** Names of the pod's mounts that it must not see. @default - none */
  readonly hiddenMounts?: readonly string[];
  /** Of a container beside the first: names of the pod's mounts that it sees. @default - none */
  readonly shownMounts?: readonly string[];
}

export interface ImagePull {
  readonly pullPolicy?: 'IfNotPresent' | 'Always';
  readonly pullSecrets?: readonly string[];
}

export interface PodProps {
  readonly account: string;
  /** Whether it gets the account's token. @default - false */
  readonly readsApi?: boolean;
  /** User and group of every process, and the group of the volumes. @default DEFAULT_UID */
  readonly uid?: number;
  readonly containers: readonly ContainerProps[];
  /** Containers that run one after the other before these. @default - none */
  readonly initContainers?: readonly ContainerProps[];
  /** Mounted by the first container and by those that run before it; the others keep nothing. */
  readonly mounts: readonly Mount[];
  readonly graceSeconds: number;
  readonly placement: Placement;
  /** @default - IfNotPresent, without a Secret */
  readonly images?: ImagePull | undefined;
  /** Null for the cluster's default. */
  readonly priorityClassName: string | null;
  /** How the pods of the workload keep apart. @default - they do not */
  readonly apart?: Pick<k8s.PodSpec, 'affinity' | 'topologySpreadConstraints'>;
  /** @default - Always, the API's own */
  readonly restartPolicy?: 'Never' | 'OnFailure';
}

/**
 * The pod of any workload, hardened in one place: Pod Security `restricted`, a read-only root file system, no token that is not used,
 * no injected variables.
 */
export function podSpec(props: PodProps): k8s.PodSpec {
  const { readsApi = false, uid = DEFAULT_UID, priorityClassName, placement, mounts, apart } = props;
  const affinity = apart?.affinity ?? placement.affinity ?? undefined;
  const volumes = mounts.flatMap(({ name, source }) => (source === null ? [] : [{ name, ...source }]));
  const pullSecrets = (props.images?.pullSecrets ?? []).map((name) => ({ name }));
  const before = (props.initContainers ?? []).map((container) =>
    containerSpec(container, props, container.ownMounts ?? mounts),
  );
  const containers = props.containers.map((container, index) => {
    const shown = index === 0 ? mounts : mounts.filter(({ name }) => container.shownMounts?.includes(name));
    return containerSpec(container, props, shown);
  });
  return {
    serviceAccountName: props.account,
    automountServiceAccountToken: readsApi,
    // A Service named redis would otherwise inject REDIS_PORT=tcp://... into every pod.
    enableServiceLinks: false,
    dnsConfig: { options: LOOKUP_OPTIONS },
    ...(props.restartPolicy === undefined ? {} : { restartPolicy: props.restartPolicy }),
    terminationGracePeriodSeconds: props.graceSeconds,
    securityContext: restrictedPod(uid),
    ...(priorityClassName === null ? {} : { priorityClassName }),
    ...nodeChoice(placement),
    ...(affinity === undefined ? {} : { affinity }),
    ...listed('topologySpreadConstraints', apart?.topologySpreadConstraints ?? []),
    ...listed('imagePullSecrets', pullSecrets),
    ...listed('initContainers', before),
    containers,
    ...listed('volumes', volumes),
  };
}

function containerSpec(
  props: ContainerProps,
  { uid = DEFAULT_UID, images = {} }: Pick<PodProps, 'uid' | 'images'>,
  mounts: readonly Omit<Mount, 'source'>[],
): k8s.Container {
  const { probes = {}, preStop, envFrom, hiddenMounts = [] } = props;
  const ports = Object.entries(props.ports).map(([name, containerPort]) => ({ name, containerPort, protocol: 'TCP' }));
  const volumeMounts = mounts
    .filter(({ name }) => !hiddenMounts.includes(name))
    .map(({ name, path, readOnly, subPath }) => ({
      name,
      mountPath: path,
      ...(readOnly === true ? { readOnly } : {}),
      ...(subPath === undefined ? {} : { subPath }),
    }));
  return {
    name: props.name,
    image: props.image,
    imagePullPolicy: images.pullPolicy ?? 'IfNotPresent',
    ...listed('command', props.command ?? []),
    ...listed('args', props.args ?? []),
    ...listed('env', props.env ?? []),
    ...(envFrom === undefined ? {} : { envFrom: [{ configMapRef: { name: envFrom } }] }),
    ...listed('ports', ports),
    ...(probes.startup === undefined ? {} : { startupProbe: probes.startup }),
    ...(probes.liveness === undefined ? {} : { livenessProbe: probes.liveness }),
    ...(probes.readiness === undefined ? {} : { readinessProbe: probes.readiness }),
    ...(preStop === undefined ? {} : { lifecycle: { preStop: { exec: { command: [...preStop] } } } }),
    resources: resourceRequirements(props),
    securityContext: restrictedContainer(uid),
    ...listed('volumeMounts', volumeMounts),
  };
}

/** A list, where it holds something: `[]` and nothing are the same to the API, and not to a reader. */
function listed<K extends string, T>(field: K, list: readonly T[]): { readonly [field in K]?: T[] } {
  return list.length === 0 ? {} : ({ [field]: [...list] } as { readonly [field in K]: T[] });
}

function nodeChoice({ nodeSelector, tolerations }: Placement): Pick<k8s.PodSpec, 'nodeSelector' | 'tolerations'> {
  const tolerated = tolerations.map((toleration) => ({ ...toleration, operator: 'Equal' }));
  return {
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector: { ...nodeSelector } }),
    ...listed('tolerations', tolerated),
  };
}

/** Pod level: a user that is not root, volumes of its group, and a seccomp profile for debug containers too. */
function restrictedPod(uid: number): k8s.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: uid,
    fsGroup: uid,
    // Else the kubelet walks the whole volume at each start.
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

function restrictedContainer(uid: number): k8s.SecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: uid,
    allowPrivilegeEscalation: false,
    privileged: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** A folder that is lost with the pod. */
export function scratch(name: string, path: string, sizeLimit: string): Mount {
  return { name, path, source: { emptyDir: { sizeLimit: k8s.Quantity.fromString(sizeLimit) } } };
}

/** Keys of one Secret that become files of the same name. */
export interface SecretFiles {
  readonly secret: string;
  readonly keys: readonly string[];
  /** Name of the file, for a single key. @default - the key's own */
  readonly path?: string;
  /** Whether pods start without them: a rotation's previous value is there only while the rotation goes on. */
  readonly optional: boolean;
}

/** Keys of several Secrets as files of one folder. r--r-----: the group is the pod's fsGroup. */
export function secretMount(name: string, path: string, files: readonly SecretFiles[]): Mount {
  const sources = files.map(({ secret, keys, path: file, optional }) => ({
    secret: { name: secret, items: keys.map((key) => ({ key, path: file ?? key })), ...(optional ? { optional } : {}) },
  }));
  return { name, path, readOnly: true, source: { projected: { defaultMode: 0o440, sources } } };
}

/** How pods of one workload keep apart. `required` blocks scheduling (maxSkew 1), `preferred` only ranks nodes. */
export interface Spread {
  readonly hosts: 'none' | 'preferred' | 'required';
  readonly zones: 'none' | 'preferred';
}

/**
 * Keeps the pods of a Deployment apart. `matchLabelKeys` counts only the pods of the same rollout, and `nodeTaintsPolicy: Honor`
 * leaves cordoned nodes out: else the empty host of a drain would forbid the evicted pod every other one.
 */
export function spreadOver(pods: SelectorLabels, spread: Spread): Pick<k8s.PodSpec, 'topologySpreadConstraints'> {
  const constraint = (topologyKey: string, strength: 'preferred' | 'required') => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: strength === 'required' ? 'DoNotSchedule' : 'ScheduleAnyway',
    labelSelector: { matchLabels: { ...pods } },
    matchLabelKeys: ['pod-template-hash'],
    nodeTaintsPolicy: 'Honor',
  });
  return listed('topologySpreadConstraints', [
    ...(spread.hosts === 'none' ? [] : [constraint('kubernetes.io/hostname', spread.hosts)]),
    ...(spread.zones === 'none' ? [] : [constraint('topology.kubernetes.io/zone', spread.zones)]),
  ]);
}
