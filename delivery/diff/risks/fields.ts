import { formatPath, type Resource } from '../../../guardrails/field.ts';
import { parseQuantity } from '../../../guardrails/quantity.ts';
import { type Changed, type FieldChange, type Risk, type RiskFinder, showField } from '../compare.ts';

/** A change of a field that is a risk by itself. */
interface FieldRule {
  readonly when: (field: FieldChange, change: Changed) => boolean;
  /** What happens; the change itself follows. */
  readonly means: string;
  readonly advice: string | ((kind: string) => string);
}

export const fieldRisks: RiskFinder = (changes) =>
  changes.flatMap((change) =>
    change.kind === 'changed' ? [...risksBy(DANGERS, 'danger', change), ...risksBy(CAUTIONS, 'caution', change)] : [],
  );

function risksBy(rules: readonly FieldRule[], level: Risk['level'], change: Changed): readonly Risk[] {
  return rules.flatMap(({ when, means, advice }) =>
    change.fields
      .filter((field) => when(field, change))
      .map((field) => ({
        level,
        change,
        message: `${means} ${showField(change.after, field)}`,
        advice: typeof advice === 'string' ? advice : advice(change.after.kind),
      })),
  );
}

const at = (path: RegExp, holds: (field: FieldChange) => boolean) => (field: FieldChange) =>
  path.test(formatPath(field.path)) && holds(field);
const isGone = ({ after }: FieldChange) => after === undefined;

/** Data that is lost, and changes that `kubectl apply` and Argo CD cannot make. */
const DANGERS: readonly FieldRule[] = [
  {
    when: at(/requests\.storage$/, ({ before, after }) => (parseQuantity(after) ?? 0) < (parseQuantity(before) ?? 0)),
    means: 'the volume shrinks:',
    advice: 'No storage class shrinks a volume: make a new claim of the smaller size and copy the data.',
  },
  {
    when: at(/\bvolumes\b.*\.persistentVolumeClaim$/, isGone),
    means: 'the pods lose a persistent volume:',
    advice: 'What the pods write from now on is gone with the pod. Copy the data out first.',
  },
  {
    when: (field, { before }) => isImmutable(before, field),
    means: 'the API server refuses to change',
    advice: (kind) =>
      INSTEAD[kind] ??
      'Delete the object and apply it again (an outage), or give the new one another name and move over.',
  },
];

/** Fields that the API server refuses to change, by kind: Kubernetes API reference, "immutable" and "cannot be updated". */
const IMMUTABLE: Readonly<Record<string, RegExp>> = {
  Deployment: /^spec\.selector/,
  DaemonSet: /^spec\.selector/,
  ReplicaSet: /^spec\.selector/,
  StatefulSet:
    /^spec\.(?!replicas|ordinals|template|updateStrategy|persistentVolumeClaimRetentionPolicy|minReadySeconds|revisionHistoryLimit)/,
  Job: /^spec\.(selector|template|completionMode|completions)/,
  PersistentVolumeClaim: /^spec\.(?!resources|volumeAttributesClassName)/,
  Service: /^spec\.clusterIPs?/,
  Secret: /^type/,
  PriorityClass: /^(value|preemptionPolicy)/,
  RoleBinding: /^roleRef/,
  ClusterRoleBinding: /^roleRef/,
  StorageClass: /^(provisioner|parameters|reclaimPolicy|volumeBindingMode)/,
  IngressClass: /^spec\.controller/,
};

/** What to do instead of changing one of these in place. */
const INSTEAD: Readonly<Record<string, string>> = {
  StatefulSet:
    'Delete the StatefulSet with --cascade=orphan and apply again: its pods and volumes stay. Volume templates do not resize existing claims.',
  PersistentVolumeClaim:
    'A claim keeps its class and mode for life: make a new claim, copy the data, then switch over.',
  Job: 'Give the Job another name, or delete the old one first.',
};

function isImmutable(before: Resource, { path }: FieldChange): boolean {
  const text = formatPath(path);
  if (before.at('immutable').flag === true && /^(data|binaryData|stringData)\b/.test(text)) return true;
  if (IMMUTABLE[before.kind]?.test(text) !== true) return false;
  return before.kind !== 'Service' || before.at('spec', 'clusterIP').exists;
}

/** Capacity or a guard that goes, and access that widens. */
const CAUTIONS: readonly FieldRule[] = [
  {
    when: isLaxer,
    means: 'may do more:',
    advice: 'Make sure that this is meant, and that nothing narrower does.',
  },
  {
    when: at(/^spec\.(replicas|minReplicas)$/, isLower),
    means: 'fewer pods:',
    advice: 'Compare with the traffic of a busy hour, and with the disruption budget.',
  },
  {
    when: at(/^spec\.maxReplicas$/, isLower),
    means: 'a lower maxReplicas for the autoscaler:',
    advice: 'Look at the highest number of pods of the last weeks.',
  },
  {
    when: at(/resources\.(limits|requests)\.memory$/, isLower),
    means: 'less memory:',
    advice: 'A process above its limit is killed (OOMKilled): compare with container_memory_working_set_bytes.',
  },
  {
    when: at(/resources\.(limits|requests)\.cpu$/, isLower),
    means: 'less CPU:',
    advice: 'Less CPU means throttling or a busier node: compare with the use of a busy hour.',
  },
  {
    when: at(/^spec\.hard\./, isLower),
    means: 'a smaller quota:',
    advice: 'Pods above a quota are not created, and a rollout stops half way: check what runs now.',
  },
  {
    when: at(/^spec\.minAvailable$/, isLower),
    means: 'a weaker disruption budget:',
    advice: 'A drain may now evict more pods at once.',
  },
  {
    when: at(/\.(startupProbe|livenessProbe|readinessProbe)$/, isGone),
    means: 'a probe is removed:',
    advice: 'Without it the cluster takes a running process for a working one.',
  },
];

/** A figure that is taken away counts as lower, except where the object's default or an autoscaler takes over. */
function isLower({ path, before, after }: FieldChange): boolean {
  if (before === undefined) return false;
  if (after === undefined) return path.at(-1) !== 'replicas' && !path.includes('limits');
  const [was, is] = [figureOf(before), figureOf(after)];
  return was !== undefined && is !== undefined && is < was;
}

function figureOf(value: unknown): number | undefined {
  return parseQuantity(typeof value === 'string' ? value.replace(/%$/, '') : value);
}

/** Pod Security levels from strict to lax. */
const POD_SECURITY = ['restricted', 'baseline', 'privileged'];

/** Whether more may be done than before: by roles, security contexts, namespaces. */
function isLaxer({ path, before, after }: FieldChange, { after: { kind } }: Changed): boolean {
  const text = formatPath(path);
  if (/Role$/.test(kind) && text.startsWith('rules')) return after !== undefined;
  if (/RoleBinding$/.test(kind) && text.startsWith('subjects')) return after !== undefined;
  if (kind === 'Namespace' && text.includes('pod-security.kubernetes.io/enforce"')) {
    const laxness = (level: unknown) => (typeof level === 'string' ? POD_SECURITY.indexOf(level) : POD_SECURITY.length);
    return laxness(after) > laxness(before);
  }
  if (/\.(privileged|allowPrivilegeEscalation|hostNetwork|hostPID|hostIPC)$/.test(text)) return after === true;
  if (/\.(runAsNonRoot|readOnlyRootFilesystem)$/.test(text)) return after !== true;
  if (/\.automountServiceAccountToken$/.test(text)) return after !== false;
  if (/\.capabilities\.add/.test(text)) return after !== undefined;
  return /\.(capabilities\.drop|seccompProfile)/.test(text) && before !== undefined;
}
