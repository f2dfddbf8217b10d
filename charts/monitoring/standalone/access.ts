import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Plan } from '../../plan/part.ts';
import { KUBE_STATE_RESOURCES } from './kube-state-metrics.ts';
import { MONITORS } from './names.ts';

/** Prometheus finds pods, kube-state-metrics lists what it counts: in these two namespaces and nowhere else. */
export function allowReading(scope: Construct, plan: Plan, home: string): void {
  const counted = Object.entries(KUBE_STATE_RESOURCES).map(([group, resources]) => ({
    apiGroups: [group],
    resources: [...resources],
    verbs: ['list', 'watch'],
  }));
  for (const namespace of [plan.environment.namespace, home]) {
    const role = (name: string, rules: k8s.PolicyRule[]) => addRole(scope, plan, { name, namespace, home, rules });
    role(MONITORS.prometheus, [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }]);
    role(MONITORS.kubeState, counted);
  }
}

interface RoleOptions {
  readonly name: string;
  readonly namespace: string;
  /** Where the account is. */
  readonly home: string;
  readonly rules: k8s.PolicyRule[];
}

function addRole(scope: Construct, plan: Plan, { name, namespace, home, rules }: RoleOptions): void {
  const metadata = { name, namespace, labels: plan.labels({ name, namespace: home, component: 'monitoring' }) };
  new k8s.KubeRole(scope, `${namespace}-${name}-role`, { metadata, rules });
  new k8s.KubeRoleBinding(scope, `${namespace}-${name}-binding`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: home }],
  });
}
