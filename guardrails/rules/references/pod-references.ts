import type { Field, Resource } from '../../field.ts';
import { missing, missingUnlessBrought } from '../../missing.ts';
import type { Platform } from '../../platform.ts';
import type { Problem, Rule } from '../../rule.ts';
import { knownSecret } from '../../secrets.ts';
import { suggest } from '../../suggest.ts';
import type { Workload } from '../../workload.ts';

/** A ConfigMap or a Secret that a pod takes something from. */
export interface PodReference {
  readonly kind: 'ConfigMap' | 'Secret';
  /** Where the name stands. */
  readonly at: Field;
  readonly name: string;
  /** The keys it needs, where they stand. */
  readonly keys: readonly Field[];
  readonly optional: boolean;
}

/** Everything that the pods of a workload take from ConfigMaps and Secrets. */
export function* podReferences({ pod, containers }: Workload): Iterable<PodReference> {
  for (const { field, env } of containers) {
    for (const variable of env) {
      yield* reference('ConfigMap', variable.at('valueFrom', 'configMapKeyRef'), 'name', ['key']);
      yield* reference('Secret', variable.at('valueFrom', 'secretKeyRef'), 'name', ['key']);
    }
    for (const from of field.at('envFrom').items) {
      yield* reference('ConfigMap', from.at('configMapRef'), 'name', []);
      yield* reference('Secret', from.at('secretRef'), 'name', []);
    }
  }
  for (const volume of pod.at('volumes').items) {
    for (const source of [volume, ...volume.at('projected', 'sources').items]) {
      yield* reference('ConfigMap', source.at('configMap'), 'name', []);
      yield* reference('Secret', source.at('secret'), source === volume ? 'secretName' : 'name', []);
    }
  }
  for (const secret of pod.at('imagePullSecrets').items) yield* reference('Secret', secret, 'name', []);
}

function* reference(
  kind: PodReference['kind'],
  from: Field,
  name: string,
  keys: readonly string[],
): Iterable<PodReference> {
  const at = from.at(name);
  if (at.text === undefined) return;
  const items = from.at('items').items.map((item) => item.at('key'));
  yield {
    kind,
    at,
    name: at.text,
    keys: [...keys.map((key) => from.at(key)), ...items],
    optional: from.at('optional').flag === true,
  };
}

/** Every namespace gets it from the cluster. */
const BY_THE_CLUSTER = 'kube-root-ca.crt';

const configExists: Rule = {
  id: 'config-exists',
  title: 'Every ConfigMap that a pod uses exists, with the keys it asks for',
  rationale: 'The pod waits in CreateContainerConfigError or ContainerCreating for ever, and a rollout stops half-way.',
  docs: 'https://kubernetes.io/docs/concepts/configuration/configmap/#configmaps-and-pods',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const { kind, at, name, keys, optional } of podReferences(workload)) {
        if (kind !== 'ConfigMap' || optional || name === BY_THE_CLUSTER) continue;
        const config = platform.find('ConfigMap', workload.namespace, name);
        if (!config) {
          yield missing(platform, { at, kind, namespace: workload.namespace, name });
          continue;
        }
        const known = [...config.at('data').entries, ...config.at('binaryData').entries].map(([key]) => key);
        for (const key of keys) {
          if (key.text === undefined || known.includes(key.text)) continue;
          const meant = suggest(key.text, known);
          yield {
            at: key,
            message: `${config} has no key ${key.text}: it has ${known.join(', ') || 'none'}`,
            fix: meant === undefined ? 'Name a key that it has.' : `Did you mean ${meant}?`,
          };
        }
      }
    }
  },
};

const secretsExist: Rule = {
  id: 'secrets-exist',
  title: 'Every Secret that a pod or a route uses exists or is declared, with the keys it asks for',
  rationale: 'The pod never starts, or the site is served with a certificate that no browser trusts.',
  docs: 'https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const reference of podReferences(workload)) {
        if (reference.kind === 'Secret' && !reference.optional) yield* judge(platform, workload.namespace, reference);
      }
    }
    for (const ingress of platform.ofKind('Ingress')) {
      for (const at of ingress.at('spec', 'tls').items.map((tls) => tls.at('secretName'))) {
        if (at.text !== undefined) yield* judge(platform, ingress.namespace, { at, name: at.text, keys: [] });
      }
    }
  },
};

function* judge(
  platform: Platform,
  namespace: string,
  { at, name, keys }: Pick<PodReference, 'at' | 'name' | 'keys'>,
): Iterable<Problem> {
  const secret = knownSecret(platform, namespace, name);
  if (!secret) {
    yield missingUnlessBrought(platform, { at, kind: 'Secret', namespace, name });
    return;
  }
  for (const key of keys) {
    if (key.text === undefined || !secret.keys || secret.keys.includes(key.text)) continue;
    yield {
      at: key,
      message: `Secret ${name} has no key ${key.text}: it has ${secret.keys.join(', ') || 'none'}`,
      fix: 'Name a key that it has.',
    };
  }
}

const claimsExist: Rule = {
  id: 'claims-exist',
  title: 'Every persistent volume claim that a pod mounts exists',
  rationale: 'The pod stays Pending: there is nothing to mount.',
  docs: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#claims-as-volumes',
  *check(platform) {
    for (const { pod, namespace, resource } of platform.workloads) {
      const templates = resource.at('spec', 'volumeClaimTemplates').items.map((one) => one.at('metadata', 'name').text);
      for (const volume of pod.at('volumes').items) {
        const at = volume.at('persistentVolumeClaim', 'claimName');
        if (at.text === undefined || templates.includes(at.text)) continue;
        if (platform.find('PersistentVolumeClaim', namespace, at.text)) continue;
        yield missing(platform, { at, kind: 'PersistentVolumeClaim', namespace, name: at.text });
      }
    }
  },
};

/** What every API server that extends another reads its trust from; it is in kube-system of every cluster. */
const TRUST_OF_THE_CLUSTER = 'extension-apiserver-authentication-reader';
/** Roles that every cluster has. */
const IDENTITIES_EXIST_BY_THE_CLUSTER = /^(system:.*|cluster-admin|admin|edit|view)$/;

const identitiesExist: Rule = {
  id: 'identities-exist',
  title: 'Every service account that a pod runs as, and every role and account of a binding, exists',
  rationale:
    'Pods of an account that does not exist are never created; a binding to nothing grants nothing, and the program is refused by the API.',
  docs: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/',
  *check(platform) {
    for (const { pod, namespace } of platform.workloads) {
      const at = pod.at('serviceAccountName').exists ? pod.at('serviceAccountName') : pod.at('serviceAccount');
      if (at.text === undefined || at.text === 'default' || at.text === '') continue;
      if (!platform.find('ServiceAccount', namespace, at.text))
        yield missing(platform, { at, kind: 'ServiceAccount', namespace, name: at.text });
    }
    for (const binding of platform.ofKind('RoleBinding', 'ClusterRoleBinding')) yield* judgeBinding(platform, binding);
  },
};

function* judgeBinding(platform: Platform, binding: Resource): Iterable<Problem> {
  const ref = binding.at('roleRef');
  const [kind, name] = [ref.at('kind').text ?? '', ref.at('name').text ?? ''];
  const namespace = kind === 'Role' ? binding.namespace : '';
  const given =
    platform.find(kind, namespace, name) !== undefined ||
    name === TRUST_OF_THE_CLUSTER ||
    (kind === 'ClusterRole' && IDENTITIES_EXIST_BY_THE_CLUSTER.test(name));
  if (!given) yield missing(platform, { at: ref.at('name'), kind, namespace, name });
  for (const subject of binding.at('subjects').items) {
    if (subject.at('kind').text !== 'ServiceAccount') continue;
    const account = subject.at('name').text ?? '';
    const home = subject.at('namespace').text ?? binding.namespace;
    if (account === 'default' || platform.find('ServiceAccount', home, account)) continue;
    const reference = { at: subject.at('name'), kind: 'ServiceAccount', namespace: home, name: account };
    const local = platform.resources.some((resource) => resource.namespace === home);
    yield local ? missing(platform, reference) : missingUnlessBrought(platform, reference);
  }
}

const priorityClassExists: Rule = {
  id: 'priority-class-exists',
  title: 'Every priority class that a pod names exists',
  rationale:
    'Pods of a priority class that does not exist are refused: the Deployment is there and none of its pods is.',
  docs: 'https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#pod-priority',
  *check(platform) {
    for (const { pod } of platform.workloads) {
      const at = pod.at('priorityClassName');
      if (at.text === undefined || at.text.startsWith('system-') || platform.find('PriorityClass', '', at.text))
        continue;
      yield missingUnlessBrought(platform, { at, kind: 'PriorityClass', namespace: '', name: at.text });
    }
  },
};

const volumesAreMounted: Rule = {
  id: 'volumes-are-mounted',
  title: 'Every volume has a mount',
  rationale: 'A volume that nothing mounts is a file that the program looks for in vain.',
  severity: 'warning',
  docs: 'https://kubernetes.io/docs/concepts/storage/volumes/#background',
  *check(platform) {
    for (const { resource, pod, containers } of platform.workloads) {
      const templates = resource.at('spec', 'volumeClaimTemplates').items.map((claim) => claim.at('metadata', 'name'));
      const declared = [...pod.at('volumes').items.map((volume) => volume.at('name')), ...templates];
      const mounts = containers.flatMap(({ field }) => [
        ...field.at('volumeMounts').items,
        ...field.at('volumeDevices').items,
      ]);
      for (const volume of declared) {
        if (volume.text === undefined || mounts.some((mount) => mount.at('name').text === volume.text)) continue;
        yield { at: volume, message: `no container mounts volume ${volume.text}`, fix: 'Mount it, or remove it.' };
      }
    }
  },
};

export const podReferencesRules: readonly Rule[] = [
  configExists,
  secretsExist,
  claimsExist,
  identitiesExist,
  priorityClassExists,
  volumesAreMounted,
];
