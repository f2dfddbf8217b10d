import type { Environment } from '../environments/environment.ts';
import type { SecretSpec } from './secret-spec.ts';

/** For a cluster without the External Secrets operator: one line per secret, values to be filled in by the person who knows them. */
export function createSecretCommands(environment: Environment, specs: readonly SecretSpec[]): string[] {
  if (environment.secrets.kind !== 'external') return [];
  return specs.map(({ name, namespace, keys }) => {
    const literals = keys.filter(({ optional }) => optional !== true).map(({ key }) => `--from-literal=${key}=...`);
    return `kubectl -n ${namespace ?? environment.namespace} create secret generic ${name} ${literals.join(' ')}`;
  });
}
