import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { Environment } from '../plan/environment.ts';
import { EMPTY_PART, type Part, type PartContext, type Plan } from '../plan/part.ts';
import { ExternalSecrets } from './external-secrets.ts';

/** Where the values of the platform's Secrets come from: values that everyone may know, or a vault. */
export function secretsPart({ environment }: PartContext): Part[] {
  const { secrets } = environment;
  return [
    {
      ...EMPTY_PART,
      name: 'secrets',
      problems: secrets.kind === 'literal' ? openValues(environment) : [],
      render: (scope, plan) => {
        if (secrets.kind === 'literal') addLiteralSecrets(scope, plan, secrets.prefix);
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

/** Secrets whose values stand in dist/, and say so: for an environment that holds nothing worth stealing. */
export function addLiteralSecrets(scope: Construct, plan: Plan, prefix: string): void {
  const parent = new Construct(scope, 'secrets');
  for (const { name, namespace, keys } of plan.secrets) {
    const required = keys.filter(({ optional }) => optional !== true);
    new k8s.KubeSecret(parent, name, {
      metadata: {
        name,
        labels: plan.labels({ name, component: 'platform' }),
        annotations: {
          'guardrails/secret-values': 'public: made for this environment, never to be used elsewhere',
        },
        ...(namespace === undefined ? {} : { namespace }),
      },
      stringData: Object.fromEntries(required.map(({ key }) => [key, `${prefix}${key}`])),
    });
  }
}

/**
 * For a cluster without the External Secrets operator: one line per secret. It asks for the values, because on a command line every user
 * of the machine could read them, and the shell's history would keep them.
 */
export function createSecretCommands({ environment, secrets }: Plan): string[] {
  if (environment.secrets.kind !== 'external') return [];
  return secrets.map(({ name, namespace, keys }) => {
    const asked = keys.filter(({ optional }) => optional !== true).map(({ key }) => key);
    return ['charts/secrets/fill-secret.sh', namespace ?? environment.namespace, name, ...asked].join(' ');
  });
}
