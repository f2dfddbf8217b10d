import { isRecord } from '../../guardrails/field.ts';
import type { PlacementQuestion } from '../../guardrails/judge/protocol.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A platform of random workloads and the nodes that it alone may run on. */
export interface RandomPlatform {
  /** Its namespace, and the label of its nodes. */
  readonly name: string;
  readonly nodes: PlacementQuestion['nodes'];
  readonly objects: readonly Fields[];
}

/** The label that keeps the pods of a platform on its own nodes, where many platforms share a cluster. `nodeAffinityPolicy: Ignore` would not. */
export const PLATFORM = 'platform';

/** Choices of one stream of random numbers. */
export interface Dice {
  upTo(most: number): number;
  pick<T>(...items: readonly [T, ...T[]]): T;
  /** Fields that are there with this probability. */
  maybe(probability: number, fields: () => Fields): Fields;
}

export function diceFrom(random: () => number): Dice {
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  return {
    upTo,
    pick: (...items) => items[upTo(items.length - 1)] ?? items[0],
    maybe: (probability, fields) => (random() < probability ? fields() : {}),
  };
}

/** @param evicts whether pods stand on the nodes already, for which more important ones have to make room */
export function randomPlatform(name: string, random: () => number, evicts: boolean): RandomPlatform {
  const dice = diceFrom(random);
  const nodes = Array.from({ length: 2 + dice.upTo(4) }, (_, index) => nodeOf(`${name}-n${index}`, name, dice));
  const classes = [
    priorityClass(`${name}-high`, { value: 1000 }),
    priorityClass(`${name}-polite`, { value: 500, preemptionPolicy: 'Never' }),
    priorityClass(`${name}-low`, { value: -10 }),
  ];
  const standing = Array.from({ length: evicts ? dice.upTo(4) : 0 }, (_, index) => {
    const template = templateOf(`w${dice.upTo(3)}`, name, 'Pod', dice);
    const nodeName = nodes[dice.upTo(nodes.length - 1)]?.name;
    return object('v1', 'Pod', `s${index}`, name, { spec: { ...template.spec, nodeName } }, template.labels);
  });
  const workloads = Array.from({ length: 1 + dice.upTo(4) }, (_, index) => workloadOf(`w${index}`, name, dice));
  const around = workloads.flatMap((_, index) => {
    const matchLabels = { app: `w${index}` };
    const limit = dice.pick<Fields>({ minAvailable: dice.upTo(2) }, { maxUnavailable: dice.upTo(2) });
    return [
      dice.maybe(0.4, () =>
        object('v1', 'Service', `w${index}`, name, { spec: { selector: matchLabels, ports: [{ port: 80 }] } }),
      ),
      dice.maybe(0.4, () =>
        object('policy/v1', 'PodDisruptionBudget', `w${index}`, name, {
          spec: { ...limit, selector: { matchLabels } },
        }),
      ),
    ].filter(({ kind }) => kind !== undefined);
  });
  return { name, nodes, objects: [...classes, ...standing, ...workloads, ...around] };
}

function nodeOf(name: string, platform: string, dice: Dice): RandomPlatform['nodes'][number] {
  const effect = dice.pick('NoSchedule' as const, 'NoExecute' as const, 'PreferNoSchedule' as const);
  return {
    name,
    ...dice.maybe(0.9, () => ({ zone: `${platform}-${dice.pick('a', 'b', 'c')}` })),
    cpu: dice.pick('500m', '1', '1500m', '2', '3'),
    memory: dice.pick('512Mi', '1Gi', '2Gi', '4Gi'),
    ...dice.maybe(0.2, () => ({ pods: String(2 + dice.upTo(4)) })),
    ...dice.maybe(0.3, () => ({ taints: [{ key: 'dedicated', value: dice.pick('a', 'b'), effect }] })),
    labels: { [PLATFORM]: platform, disk: dice.pick('ssd', 'hdd'), size: String(dice.upTo(3)) },
  };
}

function object(
  apiVersion: string,
  kind: string,
  name: string,
  namespace: string,
  rest: Fields,
  labels: Fields = {},
): Fields {
  return { apiVersion, kind, metadata: { name, namespace, labels }, ...rest };
}

const priorityClass = (name: string, rest: Fields): Fields => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  ...rest,
});

function workloadOf(name: string, platform: string, dice: Dice): Fields {
  const kind = dice.pick('Deployment', 'Deployment', 'Deployment', 'StatefulSet', 'Job');
  const { labels, spec } = templateOf(name, platform, kind, dice);
  const count = 1 + dice.upTo(4);
  const template = { metadata: { labels }, spec: { ...spec, ...(kind === 'Job' ? { restartPolicy: 'Never' } : {}) } };
  if (kind === 'Job') return object('batch/v1', kind, name, platform, { spec: { parallelism: count, template } });
  const selector = { matchLabels: { app: name } };
  const serviceName = kind === 'StatefulSet' ? { serviceName: name } : {};
  return object('apps/v1', kind, name, platform, { spec: { replicas: count, selector, template, ...serviceName } });
}

interface Template {
  readonly labels: Fields;
  readonly spec: Fields;
}

function templateOf(app: string, platform: string, kind: string, dice: Dice): Template {
  const requests = {
    ...dice.maybe(0.9, () => ({ cpu: dice.pick('50m', '100m', '250m', '400m', '600m', '900m') })),
    ...dice.maybe(0.8, () => ({ memory: dice.pick('64Mi', '128Mi', '300Mi', '700Mi') })),
  };
  const container = { image: 'example.com/app:1', resources: { requests } };
  const first = {
    name: 'first',
    image: 'example.com/app:1',
    resources: { requests: { cpu: dice.pick('100m', '800m') } },
  };
  const tier = dice.pick('web', 'data');
  return {
    labels: { app, tier },
    spec: {
      terminationGracePeriodSeconds: 0,
      nodeSelector: { [PLATFORM]: platform },
      containers: [
        { ...container, name: 'app', ...dice.maybe(0.1, () => ({ ports: [{ containerPort: 80, hostPort: 80 }] })) },
      ],
      ...dice.maybe(0.15, () => ({ initContainers: [first] })),
      ...dice.maybe(0.5, () => ({ priorityClassName: `${platform}-${dice.pick('high', 'polite', 'low')}` })),
      ...dice.maybe(0.3, () => ({ tolerations: [tolerationOf(dice)] })),
      ...dice.maybe(0.5, () => ({ topologySpreadConstraints: spreadOf(app, kind, dice) })),
      ...dice.maybe(0.6, () => ({ affinity: affinityOf(app, dice) })),
    },
  };
}

function tolerationOf(dice: Dice): Fields {
  const effect = dice.maybe(0.5, () => ({ effect: dice.pick('NoSchedule', 'NoExecute', 'PreferNoSchedule') }));
  const value = dice.pick<Fields>({ operator: 'Exists' }, { operator: 'Equal', value: 'a' }, { value: 'b' });
  return { key: 'dedicated', ...value, ...effect };
}

const TOPOLOGIES = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'] as const;

function spreadOf(app: string, kind: string, dice: Dice): readonly Fields[] {
  const keys = dice.pick<readonly string[]>([TOPOLOGIES[0]], [TOPOLOGIES[1]], TOPOLOGIES);
  return keys.map((topologyKey) => {
    const whenUnsatisfiable = dice.pick('DoNotSchedule', 'ScheduleAnyway');
    return {
      topologyKey,
      whenUnsatisfiable,
      maxSkew: 1 + dice.upTo(1),
      labelSelector: { matchLabels: dice.pick<Fields>({ app }, { app }, { tier: 'web' }) },
      ...(whenUnsatisfiable === 'DoNotSchedule' ? dice.maybe(0.2, () => ({ minDomains: 1 + dice.upTo(2) })) : {}),
      ...dice.maybe(0.3, () => ({ nodeTaintsPolicy: dice.pick('Honor', 'Ignore') })),
      ...(kind === 'Deployment' ? dice.maybe(0.2, () => ({ matchLabelKeys: ['pod-template-hash'] })) : {}),
    };
  });
}

function affinityOf(app: string, dice: Dice): Fields {
  const term = (): Fields => {
    const matchLabels = dice.pick<Fields>({ app }, { app: `w${dice.upTo(4)}` }, { tier: dice.pick('web', 'data') });
    return { topologyKey: dice.pick(...TOPOLOGIES), labelSelector: { matchLabels } };
  };
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
  const pods = (): Fields =>
    dice.pick<() => Fields>(
      () => ({ [required]: [term()] }),
      () => ({ [preferred]: [{ weight: 1 + dice.upTo(99), podAffinityTerm: term() }] }),
    )();
  return {
    ...dice.maybe(0.3, () => ({ podAffinity: pods() })),
    ...dice.maybe(0.4, () => ({ podAntiAffinity: pods() })),
    ...dice.maybe(0.3, () => ({ nodeAffinity: nodeAffinityOf(dice) })),
  };
}

function nodeAffinityOf(dice: Dice): Fields {
  const expression = dice.pick<Fields>(
    { key: 'disk', operator: 'In', values: ['ssd'] },
    { key: 'disk', operator: 'NotIn', values: ['ssd'] },
    { key: 'size', operator: 'Gt', values: ['1'] },
    { key: TOPOLOGIES[1], operator: 'Exists' },
  );
  const term = { matchExpressions: [expression] };
  return dice.pick<Fields>(
    { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
    { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1 + dice.upTo(99), preference: term }] },
  );
}

/** The pods that controllers would make of a platform's workloads, in the order of the file, and the sets that own them. */
export function expand({ name, objects }: RandomPlatform): {
  readonly pods: readonly Fields[];
  readonly owners: readonly Fields[];
} {
  const pods: Fields[] = [];
  const owners: Fields[] = [];
  for (const { kind, metadata, spec } of objects) {
    const fields = isRecord(spec) ? spec : {};
    const about = isRecord(metadata) ? metadata : {};
    const workload = String(about['name']);
    if (kind === 'Pod') pods.push(object('v1', 'Pod', `${workload}-0`, name, { spec }, labelsOf(about)));
    const template = fields['template'];
    if (!isRecord(template)) continue;
    const hash = kind === 'Deployment' ? { 'pod-template-hash': '1' } : {};
    const labels = { ...labelsOf(isRecord(template['metadata']) ? template['metadata'] : {}), ...hash };
    const ownerKind = kind === 'Deployment' ? 'ReplicaSet' : String(kind);
    const ownerName = kind === 'Deployment' ? `${workload}-1` : workload;
    if (kind !== 'Job') {
      const selector = { matchLabels: { app: workload, ...hash } };
      const set = { ...(ownerKind === 'StatefulSet' ? { serviceName: workload } : {}), replicas: 0, selector };
      owners.push(
        object('apps/v1', ownerKind, ownerName, name, {
          spec: { ...set, template: { ...template, metadata: { labels } } },
        }),
      );
    }
    const owner = {
      apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
      kind: ownerKind,
      name: ownerName,
      uid: ownerName,
      controller: true,
    };
    for (let index = 0; index < Number(fields['replicas'] ?? fields['parallelism']); index++) {
      const pod = object('v1', 'Pod', `${workload}-${index}`, name, { spec: template['spec'] }, labels);
      pods.push({ ...pod, metadata: { ...(pod['metadata'] as Fields), ownerReferences: [owner] } });
    }
  }
  return { pods, owners };
}

function labelsOf(metadata: Fields): Fields {
  return isRecord(metadata['labels']) ? metadata['labels'] : {};
}
