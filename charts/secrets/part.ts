import type { Environment } from '../plan/environment.ts';
import { EMPTY_PART, type Part, type PartContext } from '../plan/part.ts';
import { ExternalSecrets } from './external-secrets.ts';
import { LiteralSecrets } from './literal-secrets.ts';

/** Where the values of the platform's Secrets come from: values that everyone may know, or a vault. */
export function secretsPart({ environment }: PartContext): Part[] {
  const { secrets } = environment;
  return [
    {
      ...EMPTY_PART,
      name: 'secrets',
      problems: secrets.kind === 'literal' ? openValues(environment) : [],
      render: (scope, plan) => {
        if (secrets.kind === 'literal') new LiteralSecrets(scope, 'secrets', { plan, values: secrets.values });
      },
      renderAddons: (scope, plan) => {
        if (secrets.kind === 'external') new ExternalSecrets(scope, 'secrets', { plan, secrets });
      },
    },
  ];
}

/** Values that everyone can read in git must open nothing: no data that lasts, no host that the world reaches. */
function openValues({ edge, redis }: Environment): string[] {
  const keeps = redis !== undefined && (redis.kind === 'external' || redis.persistence.kind === 'volume');
  const opened = [
    ...(edge.tls.kind === 'none' ? [] : ['edge.tls has an issuer']),
    ...(keeps ? ['redis keeps its data'] : []),
  ];
  if (opened.length === 0) return [];
  return [
    `secrets are literal, so that their values would stand in git, but ${opened.join(' and ')}; use external secrets`,
  ];
}
