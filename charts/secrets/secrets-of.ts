import type { Environment } from '../environments/environment.ts';
import { monitoringSecrets } from '../monitoring/monitoring-secrets.ts';
import { redisSecrets } from '../redis/secrets.ts';
import type { ServiceSpec } from '../services/service.ts';
import { ADMIN_KEY } from './app-secrets.ts';
import type { SecretSpec } from './secret-spec.ts';

/** Every Secret that must exist in the environment's namespaces before its pods can start. */
export function secretsOf(environment: Environment, catalog: readonly ServiceSpec[]): SecretSpec[] {
  return [ADMIN_KEY, ...redisSecrets(environment, catalog), ...monitoringSecrets(environment)];
}
