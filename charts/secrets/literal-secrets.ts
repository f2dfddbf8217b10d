import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { Secrets } from '../plan/environment.ts';
import type { Plan, SecretSpec } from '../plan/part.ts';

export interface LiteralSecretsProps {
  readonly plan: Plan;
  readonly values: Extract<Secrets, { kind: 'literal' }>['values'];
}

/** Secrets whose values stand in dist/, and say so: for an environment that holds nothing worth stealing. */
export class LiteralSecrets extends Construct {
  constructor(scope: Construct, id: string, { plan, values }: LiteralSecretsProps) {
    super(scope, id);
    for (const spec of plan.secrets) {
      new k8s.KubeSecret(this, spec.name, {
        metadata: {
          name: spec.name,
          labels: plan.labels({ name: spec.name, component: 'platform' }),
          annotations: {
            'guardrails/secret-values': 'public: made for this environment, never to be used elsewhere',
          },
          ...(spec.namespace === undefined ? {} : { namespace: spec.namespace }),
        },
        stringData: valuesOf(spec, values),
      });
    }
  }
}

function valuesOf({ keys }: SecretSpec, values: LiteralSecretsProps['values']): Record<string, string> {
  return Object.fromEntries(keys.flatMap(({ key }) => (values[key] === undefined ? [] : [[key, values[key]]])));
}
