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
  const volumes = workload.pod.at('volumes').items;
  const sources = volumes.flatMap((volume) => [
    volume.at('configMap'),
    ...volume.at('projected', 'sources').items.map((source) => source.at('configMap')),
  ]);
  return sources.flatMap((source) => {
    const map = platform.find('ConfigMap', workload.namespace, source.at('name').text ?? '');
    const keys = source.at('items').items.flatMap((item) => item.at('key').text ?? []);
    const wanted = (key: string): boolean => keys.length === 0 || keys.includes(key);
    return (map?.at('data').entries ?? [])
      .filter(([key]) => wanted(key))
      .flatMap(([name, at]) => (at.text === undefined ? [] : { name, text: at.text, at }));
  });
}

/** One variable of a container's environment with its literal value; what comes from Secrets or from the pod has none. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly at: Field;
}

/** The variables of a container whose values stand in manifests: literals, and ConfigMaps by key or as a whole. Later ones win. */
export function variablesOf(platform: Platform, workload: Workload, container: Container): readonly Variable[] {
  const found = new Map<string, Variable>();
  for (const source of container.field.at('envFrom').items) {
    const map = platform.find('ConfigMap', workload.namespace, source.at('configMapRef', 'name').text ?? '');
    for (const [key, at] of map?.at('data').entries ?? []) {
      const name = `${source.at('prefix').text ?? ''}${key}`;
      if (at.scalar !== undefined) found.set(name, { name, value: at.scalar, at });
    }
  }
  for (const item of container.env) {
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
