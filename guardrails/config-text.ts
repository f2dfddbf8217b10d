import type { Field } from './field.ts';
import { oncePerPlatform, type Platform } from './platform.ts';
import type { Container, Workload } from './workload.ts';

/** A file that a container finds: its text, where the text stands, and where it is mounted. */
export interface ConfigFile {
  readonly name: string;
  readonly text: string;
  readonly at: Field;
}

/** The files that a workload mounts from ConfigMaps. */
export function configFiles(platform: Platform, workload: Workload): readonly ConfigFile[] {
  return read(platform).get(workload) ?? [];
}

const read = oncePerPlatform(
  (platform) => new Map(platform.workloads.map((workload) => [workload, filesOf(platform, workload)] as const)),
);

function filesOf(platform: Platform, workload: Workload): readonly ConfigFile[] {
  const sources = workload.pod
    .at('volumes')
    .items.flatMap((volume) => [volume.at('configMap'), ...volume.all('projected', 'sources', '*', 'configMap')]);
  return sources.flatMap((source) => {
    const map = platform.find('ConfigMap', workload.namespace, source.at('name').text ?? '');
    const keys = source.all('items', '*', 'key').map(({ text }) => text);
    return (map?.at('data').entries ?? []).flatMap(([name, at]) =>
      at.text === undefined || (keys.length > 0 && !keys.includes(name)) ? [] : { name, text: at.text, at },
    );
  });
}

/** One variable of a container's environment with its literal value; what comes from Secrets or from the pod has none. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly at: Field;
}

/** The variables of a container whose values stand in manifests: literals, and ConfigMaps by key or as a whole. Later ones win. */
export function variablesOf(platform: Platform, { workload, field, env }: Container): readonly Variable[] {
  const found = new Map<string, Variable>();
  for (const source of field.at('envFrom').items) {
    const map = platform.find('ConfigMap', workload.namespace, source.at('configMapRef', 'name').text ?? '');
    for (const [key, at] of map?.at('data').entries ?? []) {
      const name = `${source.at('prefix').text ?? ''}${key}`;
      if (at.scalar !== undefined) found.set(name, { name, value: at.scalar, at });
    }
  }
  for (const item of env) {
    const name = item.at('name').text ?? '';
    const reference = item.at('valueFrom', 'configMapKeyRef');
    const map = platform.find('ConfigMap', workload.namespace, reference.at('name').text ?? '');
    const at = item.at('value').exists ? item.at('value') : map?.at('data', reference.at('key').text ?? '');
    if (at?.scalar !== undefined) found.set(name, { name, value: at.scalar, at });
    else found.delete(name);
  }
  return [...found.values()];
}

/** The words of a container's command line, those of a shell's script among them, each where it stands. */
export function commandWords(container: Container): readonly { readonly word: string; readonly at: Field }[] {
  return ['command', 'args'].flatMap((key) =>
    container.field.at(key).items.flatMap((at) => (at.scalar ?? '').split(/\s+/).map((word) => ({ word, at }))),
  );
}
