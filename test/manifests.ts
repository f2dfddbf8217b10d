import { App, Chart } from 'cdk8s';
import type { Manifest } from '../charts/plan/part.ts';

/** What a construct makes, as it would stand in dist/. */
export function manifestsOf(build: (chart: Chart) => void): Manifest[] {
  const chart = new Chart(new App(), 'test', { namespace: 'quotes-test', disableResourceNameHashes: true });
  build(chart);
  return chart.toJson();
}

/** A value inside of a manifest by its path (`spec.ports.0.name`); undefined where there is none. */
export function at(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split('.')) {
    found = found === null || typeof found !== 'object' ? undefined : Reflect.get(found, key);
  }
  return found;
}

/** Those of one kind, as `name`. */
export function namesOf(manifests: readonly Manifest[], kind: string): unknown[] {
  return manifests.filter((manifest) => manifest['kind'] === kind).map((manifest) => at(manifest, 'metadata.name'));
}

/**
 * The one object of a kind, and of a name where there are several.
 * @throws where there is none, or more than one
 */
export function theOnly(manifests: readonly Manifest[], kind: string, name?: string): Manifest {
  const [found, ...more] = manifests.filter(
    (manifest) => manifest['kind'] === kind && (name === undefined || at(manifest, 'metadata.name') === name),
  );
  if (found === undefined || more.length > 0) {
    throw new Error(`expected one ${kind} ${name ?? ''}, found ${namesOf(manifests, kind).join(', ') || 'none'}`);
  }
  return found;
}
