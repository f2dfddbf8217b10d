import { Secret } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { recommendedLabels } from '../constructs/labels.ts';
import type { Secrets } from '../environments/secrets.ts';
import type { SecretSpec } from './secret-spec.ts';

export interface LiteralSecretsProps {
  readonly instance: string;
  readonly specs: readonly SecretSpec[];
  readonly values: Extract<Secrets, { kind: 'literal' }>['values'];
}

/** Secrets whose values stand in dist/, and say so: for an environment that holds nothing worth stealing. */
export class LiteralSecrets extends Construct {
  constructor(scope: Construct, id: string, props: LiteralSecretsProps) {
    super(scope, id);
    for (const spec of props.specs) {
      new Secret(this, spec.name, {
        metadata: {
          name: spec.name,
          labels: recommendedLabels({ name: spec.name, instance: props.instance, component: 'platform' }),
          annotations: {
            'guardrails/secret-values': 'public: made for this environment, never to be used elsewhere',
          },
          ...(spec.namespace === undefined ? {} : { namespace: spec.namespace }),
        },
        stringData: valuesOf(spec, props.values),
      });
    }
  }
}

function valuesOf({ keys }: SecretSpec, values: LiteralSecretsProps['values']): Record<string, string> {
  return Object.fromEntries(keys.flatMap(({ key }) => (values[key] === undefined ? [] : [[key, values[key]]])));
}

/** Keys that an environment with literal secrets has no value for. */
export function missingValues(specs: readonly SecretSpec[], values: LiteralSecretsProps['values']): string[] {
  return specs.flatMap(({ keys }) =>
    keys
      .filter(({ key, optional }) => optional !== true && (values[key] ?? '') === '')
      .map(({ key, description }) => `secrets.values['${key}'] is missing (${description}); give it a value`),
  );
}
