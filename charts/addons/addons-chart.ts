import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { nameConstructs } from '../construct-names.ts';
import { EdgeAddons } from '../edge/edge-addons.ts';
import type { Environment } from '../environments/environment.ts';
import { annotateForSync } from '../gitops/sync-annotations.ts';
import { OperatorMonitoring } from '../monitoring/operator/operator-monitoring.ts';
import { ExternalSecrets } from '../secrets/external-secrets.ts';
import { secretsOf } from '../secrets/secrets-of.ts';
import type { ServiceSpec } from '../services/service.ts';

export interface AddonsChartProps {
  readonly environment: Environment;
  readonly catalog: readonly ServiceSpec[];
}

/** What needs custom resource definitions: applied beside the environment's own file where the operators are installed. */
export class AddonsChart extends Chart {
  constructor(scope: Construct, id: string, { environment, catalog }: AddonsChartProps) {
    super(scope, id, { namespace: environment.namespace, disableResourceNameHashes: true });
    const { secrets, namespace } = environment;
    if (secrets.kind === 'external') {
      new ExternalSecrets(this, 'secrets', { instance: namespace, specs: secretsOf(environment, catalog), secrets });
    }
    new OperatorMonitoring(this, 'monitoring', { environment, catalog });
    new EdgeAddons(this, 'edge', { environment, catalog });
    nameConstructs(this);
    annotateForSync(this);
  }
}
