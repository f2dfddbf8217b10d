import type { Environment } from '../environments/environment.ts';
import type { SecretStore, Secrets } from '../environments/secrets.ts';
import type { ServiceSpec } from '../services/service.ts';
import { missingValues } from './literal-secrets.ts';
import { secretsOf } from './secrets-of.ts';

/** What of an environment's secrets does not hold together. */
export function secretProblems(environment: Environment, catalog: readonly ServiceSpec[]): string[] {
  const { secrets } = environment;
  return secrets.kind === 'literal'
    ? [...openValues(environment), ...missingValues(secretsOf(environment, catalog), secrets.values)]
    : [...refreshProblems(secrets), ...storeProblems(secrets.store)];
}

/** Values that everybody can read in git must open nothing: no data that lasts, no host that the world reaches. */
function openValues({ edge, redis }: Environment): string[] {
  const opened = [
    ...(edge.tls.kind === 'none' ? [] : ['edge.tls has an issuer']),
    ...(redis.kind === 'external' || redis.persistence.kind === 'volume' ? ['redis keeps its data'] : []),
  ];
  if (opened.length === 0) return [];
  return [
    `secrets are literal, so that their values would stand in git, but ${opened.join(' and ')}; use external secrets`,
  ];
}

function refreshProblems({ refreshInterval }: Extract<Secrets, { kind: 'external' }>): string[] {
  if (/^([1-9]\d*[smh])+$/.test(refreshInterval)) return [];
  return [`secrets.refreshInterval '${refreshInterval}' would bring no rotated value; give a duration like 15m or 1h`];
}

function storeProblems({ provider }: SecretStore): string[] {
  if (provider.kind !== 'vault' || provider.server.startsWith('https://')) return [];
  return [
    `secrets.store.provider.server '${provider.server}' is not an https:// address; secrets travel encrypted only`,
  ];
}
