import type { Field } from '../../field.ts';
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
