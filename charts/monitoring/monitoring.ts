import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { recommendedLabels } from '../constructs/labels.ts';
import { PlatformNamespace } from '../constructs/platform-namespace.ts';
import type { Environment } from '../environments/environment.ts';
import type { ServiceSpec } from '../services/service.ts';
import { monitoringDemands } from './demands.ts';
import { foreignMetrics } from './foreign-metrics.ts';
import { KUBE_STATE_RESOURCES } from './standalone/kube-state-metrics.ts';
import { Monitor } from './standalone/monitor.ts';
import { MONITORS } from './standalone/names.ts';
import { componentsOf, type Stack, stackOf } from './standalone/stack.ts';

export interface MonitoringProps {
  readonly environment: Environment;
  readonly catalog: readonly ServiceSpec[];
  /** What the monitoring's namespace says to the guardrails. */
  readonly namespaceAnnotations: Readonly<Record<string, string>>;
}

/** The environment's own monitoring, in a namespace of its own; nothing where somebody else watches, or nobody. */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { environment, catalog } = props;
    const stack = stackOf(environment, catalog);
    if (stack === null) return;
    const { namespace, monitoring } = stack;
    new PlatformNamespace(this, 'namespace', {
      name: namespace,
      annotations: { ...props.namespaceAnnotations, ...foreignMetrics(environment, catalog) },
      demands: monitoringDemands(environment, catalog),
      nodePorts: 0,
    });
    for (const component of componentsOf(stack)) {
      new Monitor(this, component.name, {
        namespace,
        component,
        storageClass: monitoring.storageClass,
        placement: environment.placement,
        priorityClassName: environment.priority === null ? null : environment.namespace,
      });
    }
    this.allowReading(stack);
  }

  /** Prometheus finds pods, kube-state-metrics lists what it counts: in these two namespaces and nowhere else. */
  private allowReading(stack: Stack): void {
    for (const namespace of [stack.watch.namespace, stack.namespace]) {
      this.addRole(stack, MONITORS.prometheus, namespace, [
        { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
      ]);
      this.addRole(
        stack,
        MONITORS.kubeState,
        namespace,
        Object.entries(KUBE_STATE_RESOURCES).map(([group, resources]) => ({
          apiGroups: [group],
          resources: [...resources],
          verbs: ['list', 'watch'],
        })),
      );
    }
  }

  private addRole(stack: Stack, name: string, namespace: string, rules: k8s.PolicyRule[]): void {
    const labels = recommendedLabels({ name, instance: stack.namespace, component: 'monitoring' });
    const metadata = { name, namespace, labels };
    new k8s.KubeRole(this, `${namespace}-${name}-role`, { metadata, rules });
    new k8s.KubeRoleBinding(this, `${namespace}-${name}-binding`, {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: stack.namespace }],
    });
  }
}
