import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { nameConstructs } from '../construct-names.ts';
import { ARGOCD_NAMESPACE } from './application.ts';
import { GitOps, type GitOpsProps } from './gitops.ts';

/** The file that a cluster with Argo CD applies once; from then on, dist/ arrives by itself. */
export class GitOpsChart extends Chart {
  constructor(scope: Construct, id: string, props: GitOpsProps) {
    super(scope, id, { namespace: ARGOCD_NAMESPACE, disableResourceNameHashes: true });
    new GitOps(this, 'gitops', props);
    nameConstructs(this);
  }
}
