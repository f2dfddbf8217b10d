import { App, Chart } from 'cdk8s';
import type { EnvironmentWithStore as Environment } from '../../charts/plan/environment.ts';
import type { Manifest } from '../../charts/plan/part.ts';
import type { ConfigFiles } from '../../charts/redis/config.ts';
import { RedisStore } from '../../charts/redis/redis-store.ts';
import { at, theOnly } from '../../test/manifests.ts';
import { planOf } from '../../test/platform.ts';

/** The store's objects as synthesis writes them. */
export function renderedStore(environment: Environment): Manifest[] {
  const chart = new Chart(new App(), 'store', { namespace: environment.namespace, disableResourceNameHashes: true });
  new RedisStore(chart, 'redis', { environment, plan: planOf(environment) });
  return chart.toJson();
}

/** The data of a ConfigMap as synthesis writes it. */
export function renderedFiles(environment: Environment, name: string): ConfigFiles {
  return at(theOnly(renderedStore(environment), 'ConfigMap', name), 'data') as ConfigFiles;
}
