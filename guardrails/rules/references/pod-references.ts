import { posix } from 'node:path';
import type { Field, Resource } from '../../field.ts';
import { missing, missingUnlessBrought } from '../../missing.ts';
import type { Platform } from '../../platform.ts';
import { eachWorkload, type Problem, rules } from '../../rule.ts';
import { knownSecret } from '../../secrets.ts';
import { didYouMean } from '../../suggest.ts';
import type { Workload } from '../../workload.ts';

/** Every namespace gets it from the cluster. */
const CONFIG_OF_THE_CLUSTER = 'kube-root-ca.crt';
/** What every API server that extends another reads its trust from; it is in kube-system of every cluster. */
const TRUST_OF_THE_CLUSTER = 'extension-apiserver-authentication-reader';
/** Roles that every cluster has. */
const ROLES_OF_THE_CLUSTER = /^(system:.*|cluster-admin|admin|edit|view)$/;

export const podReferencesRules = rules({
  'config-exists': {
    title: 'Every ConfigMap that a pod uses exists, with the keys it asks for',
    rationale: 'The pod waits in CreateContainerConfigError for ever, and a rollout stops half-way.',
    docs: 'https://kubernetes.io/docs/concepts/configuration/configmap/#configmaps-and-pods',
    *check(platform) {
      for (const reference of required(platform))
        if (reference.kind === 'ConfigMap' && reference.name !== CONFIG_OF_THE_CLUSTER)
          yield* missingConfig(platform, reference);
      for (const workload of platform.workloads) yield* lostSubPaths(platform, workload);
    },
  },
  'secrets-exist': {
    title: 'Every Secret that a pod or a route uses exists or is declared, with the keys it asks for',
    rationale: 'The pod never starts, or the site is served with a certificate that no browser trusts.',
    docs: 'https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets',
    *check(platform) {
      for (const reference of required(platform))
        if (reference.kind === 'Secret') yield* missingSecret(platform, reference);
      for (const { pod, namespace } of platform.workloads) yield* uselessPullSecrets(platform, pod, namespace);
      for (const { namespace, root } of platform.ofKind('Ingress'))
        for (const at of root.all('spec', 'tls', '*', 'secretName'))
          if (at.text !== undefined) yield* missingSecret(platform, { at, name: at.text, namespace, keys: [] });
    },
  },
  'claims-exist': {
    title: 'Every persistent volume claim that a pod mounts exists',
    rationale: 'The pod stays Pending: there is nothing to mount.',
    docs: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#claims-as-volumes',
    check: eachWorkload(function* ({ pod, namespace, resource }, platform) {
      const kind = 'PersistentVolumeClaim';
      const templates = templateNames(resource).map(({ text }) => text);
      for (const at of pod.all('volumes', '*', 'persistentVolumeClaim', 'claimName')) {
        if (at.text === undefined || templates.includes(at.text) || platform.find(kind, namespace, at.text)) continue;
        yield missing(platform, { at, kind, namespace, name: at.text });
      }
    }),
  },
  'identities-exist': {
    title: 'Every service account that a pod runs as, and every role and account of a binding, exists',
    rationale: 'Pods of an account that does not exist are never created; a binding to nothing grants nothing.',
    docs: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/',
    *check(platform) {
      for (const { pod, namespace } of platform.workloads) {
        const at = pod.at('serviceAccountName').exists ? pod.at('serviceAccountName') : pod.at('serviceAccount');
        const { text: name = '' } = at;
        if (name === 'default' || name === '' || platform.find('ServiceAccount', namespace, name)) continue;
        yield missing(platform, { at, kind: 'ServiceAccount', namespace, name });
      }
      for (const binding of platform.ofKind('RoleBinding', 'ClusterRoleBinding')) {
        yield* missingRole(platform, binding);
        for (const subject of binding.at('subjects').items) yield* missingSubject(platform, subject);
      }
    },
  },
  'priority-class-exists': {
    title: 'Every priority class that a pod names exists',
    rationale: 'Pods of a class that does not exist are refused: the Deployment is there and none of its pods is.',
    docs: 'https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#pod-priority',
    check: eachWorkload(function* ({ pod }, platform) {
      const at = pod.at('priorityClassName');
      const { text: name = 'system-' } = at;
      if (name.startsWith('system-') || platform.find('PriorityClass', '', name)) return;
      yield missingUnlessBrought(platform, { at, kind: 'PriorityClass', namespace: '', name });
    }),
  },
  'volumes-are-mounted': {
    title: 'Every volume has a mount',
    rationale: 'A volume that nothing mounts is a file that the program looks for in vain.',
    severity: 'warning',
    elsewhere: 'note',
    docs: 'https://kubernetes.io/docs/concepts/storage/volumes/#background',
    check: eachWorkload(function* ({ resource, pod, containers }) {
      const mounts = containers.flatMap(({ field }) => [
        ...field.all('volumeMounts', '*', 'name'),
        ...field.all('volumeDevices', '*', 'name'),
      ]);
      const names = new Set(mounts.map(({ text }) => text));
      for (const at of [...pod.all('volumes', '*', 'name'), ...templateNames(resource)]) {
        if (at.text === undefined || names.has(at.text)) continue;
        yield { at, message: `no container mounts volume ${at.text}`, fix: 'Mount it, or remove it.' };
      }
    }),
  },
});

/** A ConfigMap or a Secret that a pod takes something from. */
export interface PodReference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly namespace: string;
  /** Where the name stands. */
  readonly at: Field;
  readonly name: string;
  /** The keys it needs, where they stand. */
  readonly keys: readonly Field[];
  readonly optional: boolean;
}

function required(platform: Platform): readonly PodReference[] {
  return platform.workloads.flatMap((workload) => [...podReferences(workload)].filter(({ optional }) => !optional));
}

/** Everything that the pods of a workload take from ConfigMaps and Secrets. */
export function* podReferences({ pod, containers, namespace }: Workload): Iterable<PodReference> {
  for (const { field, env } of containers) {
    for (const variable of env) {
      yield* reference('ConfigMap', namespace, variable.at('valueFrom', 'configMapKeyRef'));
      yield* reference('Secret', namespace, variable.at('valueFrom', 'secretKeyRef'));
    }
    for (const from of field.at('envFrom').items) {
      yield* reference('ConfigMap', namespace, from.at('configMapRef'));
      yield* reference('Secret', namespace, from.at('secretRef'));
    }
  }
  for (const volume of pod.at('volumes').items) {
    for (const source of [volume, ...volume.at('projected', 'sources').items]) {
      yield* reference('ConfigMap', namespace, source.at('configMap'));
      yield* reference('Secret', namespace, source.at('secret'), source === volume ? 'secretName' : 'name');
    }
  }
  for (const secret of pod.at('imagePullSecrets').items) yield* reference('Secret', namespace, secret);
}

function* reference(
  kind: PodReference['kind'],
  namespace: string,
  from: Field,
  named: 'name' | 'secretName' = 'name',
): Iterable<PodReference> {
  const at = from.at(named);
  const keys = [from.at('key'), ...from.all('items', '*', 'key')];
  const optional = from.at('optional').flag === true;
  if (at.text !== undefined) yield { kind, namespace, at, name: at.text, keys, optional };
}

function* missingConfig(platform: Platform, { kind, at, name, namespace, keys }: PodReference): Iterable<Problem> {
  const config = platform.find('ConfigMap', namespace, name);
  if (!config) yield missing(platform, { at, kind, namespace, name });
  const known = keysOf(config);
  for (const key of config ? keys : []) {
    if (key.text === undefined || known.includes(key.text)) continue;
    const message = `${config} has no key ${key.text}: it has ${known.join(', ') || 'none'}`;
    yield { at: key, message, fix: didYouMean(key.text, known, 'Name a key that it has.') };
  }
}

function keysOf(config: Resource | undefined): readonly string[] {
  return ['data', 'binaryData'].flatMap((part) => config?.at(part).entries.map(([key]) => key) ?? []);
}

function* missingSecret(
  platform: Platform,
  { at, name, namespace, keys }: Pick<PodReference, 'at' | 'name' | 'namespace' | 'keys'>,
): Iterable<Problem> {
  const secret = knownSecret(platform, namespace, name);
  if (!secret) yield missingUnlessBrought(platform, { at, kind: 'Secret', namespace, name });
  for (const key of keys) {
    if (key.text === undefined || !secret?.keys || secret.keys.includes(key.text)) continue;
    const message = `Secret ${name} has no key ${key.text}: it has ${secret.keys.join(', ') || 'none'}`;
    yield { at: key, message, fix: 'Name a key that it has.' };
  }
}

/** The kubelet makes an empty folder of a file that a volume has not. */
function* lostSubPaths(platform: Platform, workload: Workload): Iterable<Problem> {
  for (const mount of workload.containers.flatMap(({ field }) => field.at('volumeMounts').items)) {
    const at = mount.at('subPath');
    const source = workload.volume(mount.at('name').text)?.at('configMap');
    const config = platform.find('ConfigMap', workload.namespace, source?.at('name').text ?? '');
    const chosen = source?.all('items', '*', 'path').flatMap(({ text }) => text ?? []) ?? [];
    const files = chosen.length > 0 ? chosen : keysOf(config);
    const path = posix.normalize(at.text ?? '').replace(/\/$/, '');
    if (!config || path === '.' || files.some((file) => file === path || file.startsWith(`${path}/`))) continue;
    const message = `${config} has no file ${path}, so an empty folder is mounted: it has ${files.join(', ') || 'none'}`;
    yield { at, message, fix: didYouMean(path, files, 'Name a key that it has.') };
  }
}

/** The kubelet passes over a Secret of another type, and pulls without a login. */
function* uselessPullSecrets(platform: Platform, pod: Field, namespace: string): Iterable<Problem> {
  for (const at of pod.all('imagePullSecrets', '*', 'name')) {
    const secret = platform.find('Secret', namespace, at.text ?? '');
    const type = secret?.at('type').text ?? 'Opaque';
    if (!secret || /^kubernetes\.io\/dockerc(fg|onfigjson)$/.test(type)) continue;
    const message = `Secret ${at.text} is of type ${type}, which no image is pulled with`;
    yield { at, message, fix: 'Make it of type kubernetes.io/dockerconfigjson.' };
  }
}

/** The names of the claims that a StatefulSet makes for each pod. */
function templateNames(resource: Resource): readonly Field[] {
  return resource.all('spec', 'volumeClaimTemplates', '*', 'metadata', 'name');
}

function* missingRole(platform: Platform, binding: Resource): Iterable<Problem> {
  const ref = binding.at('roleRef');
  const [kind, name] = [ref.at('kind').text ?? '', ref.at('name').text ?? ''];
  const namespace = kind === 'Role' ? binding.namespace : '';
  const isOfCluster = name === TRUST_OF_THE_CLUSTER || (kind === 'ClusterRole' && ROLES_OF_THE_CLUSTER.test(name));
  if (isOfCluster || platform.find(kind, namespace, name)) return;
  const find = kind === 'ClusterRole' ? missingUnlessBrought : missing;
  yield find(platform, { at: ref.at('name'), kind, namespace, name });
}

function* missingSubject(platform: Platform, subject: Field): Iterable<Problem> {
  const [name, kind] = [subject.at('name').text ?? '', 'ServiceAccount'];
  const namespace = subject.at('namespace').text ?? subject.resource.namespace;
  if (subject.at('kind').text !== kind || name === 'default' || platform.find(kind, namespace, name)) return;
  const at = subject.at('name');
  const reference = { at, kind, namespace, name };
  const elsewhere = platform.ofKind(kind).find((account) => account.name === name);
  if (elsewhere) {
    const message = `${kind} ${name} is in namespace ${elsewhere.namespace}, not in ${namespace}`;
    // Objects without a namespace go to the one that they are applied to: `kubectl apply -n argocd`.
    const severity = elsewhere.at('metadata', 'namespace').exists ? 'warning' : 'note';
    yield { at, message, fix: `Set namespace: ${elsewhere.namespace}.`, elsewhere: severity };
  } else if (namespace === subject.resource.namespace) yield missing(platform, reference);
  else yield missingUnlessBrought(platform, reference);
}
