import { App, Chart } from 'cdk8s';
import { catalog } from '../../charts/catalog.ts';
import type { Environment } from '../../charts/environments/environment.ts';
import type { ConfigFiles } from '../../charts/redis/config.ts';
import { RedisStore } from '../../charts/redis/redis-store.ts';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: ConfigFiles;
}

/** The data of a ConfigMap as synthesis writes it. */
export function renderedFiles(environment: Environment, name: string): ConfigFiles {
  const chart = new Chart(new App(), 'store', { namespace: environment.namespace, disableResourceNameHashes: true });
  new RedisStore(chart, 'redis', { environment, catalog });
  const manifests: Manifest[] = chart.toJson();
  const data = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)?.data;
  if (data === undefined) throw new Error(`${environment.name}: no ConfigMap '${name}' is rendered`);
  return data;
}
