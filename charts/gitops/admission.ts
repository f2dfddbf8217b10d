import { ApiObject, App, Chart } from 'cdk8s';
import { EXEMPTION_PREFIX } from '../../guardrails/annotations.ts';
import { nameConstructs } from '../construct-names.ts';
import { recommendedLabels } from '../constructs/labels.ts';
import { type Environment, monitoringNamespaceOf } from '../plan/environment.ts';
import type { Manifest, ManifestFile, Project } from '../plan/part.ts';
import { imagesOf } from '../tag-exceptions.ts';

/** The policies are of Kubernetes 1.30. */
const ANNOTATIONS = {
  [`${EXEMPTION_PREFIX}runs-on-oldest`]: 'for clusters from 1.30 on: an older one keeps Pod Security alone',
};

/** cert-manager answers an ACME challenge with a pod of its own in the namespace of the route. */
const ACME_SOLVER = 'quay.io/jetstack/cert-manager-acmesolver';

/** Whatever holds a pod template, and pods themselves: a template is refused when it is applied, a pod when nothing else was asked. */
const WORKLOADS = [
  { apiGroups: [''], apiVersions: ['v1'], resources: ['pods', 'pods/ephemeralcontainers'] },
  { apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'] },
  { apiGroups: ['batch'], apiVersions: ['v1'], resources: ['jobs', 'cronjobs'] },
];

const SERVICES = [{ apiGroups: [''], apiVersions: ['v1'], resources: ['services'] }];

const POD =
  "object.kind == 'Pod' ? object.spec : object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template.spec : object.spec.template.spec";

interface Rule {
  readonly expression: string;
  readonly message: string;
}

/** What synthesis proved of every pod, for pods that did not come from it. */
const POD_RULES: readonly Rule[] = [
  {
    expression:
      "variables.all.all(c, variables.repositories.exists(r, c.image.startsWith(r + ':') || c.image.startsWith(r + '@')) && !c.image.endsWith(':latest'))",
    message: 'an image of another repository, or by no exact tag or digest',
  },
  {
    expression:
      "variables.all.all(c, !(c.?securityContext.privileged.orValue(false)) && !(c.?securityContext.allowPrivilegeEscalation.orValue(true)) && c.?securityContext.readOnlyRootFilesystem.orValue(false) && 'ALL' in c.?securityContext.capabilities.drop.orValue([]) && !c.?securityContext.capabilities.add.hasValue())",
    message: 'a container that is privileged, may become so, keeps a capability or may write to its root',
  },
  {
    expression:
      'variables.all.all(c, c.?securityContext.runAsNonRoot.orValue(variables.pod.?securityContext.runAsNonRoot.orValue(false)))',
    message: 'a container that may run as root',
  },
  {
    expression:
      '!variables.pod.?hostNetwork.orValue(false) && !variables.pod.?hostPID.orValue(false) && !variables.pod.?hostIPC.orValue(false) && variables.pod.?volumes.orValue([]).all(v, !has(v.hostPath)) && variables.all.all(c, c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0))',
    message: "the node's own network, processes, folders or ports",
  },
  {
    expression:
      "variables.bounded.all(c, 'memory' in c.?resources.limits.orValue({}) && 'cpu' in c.?resources.limits.orValue({}))",
    message: 'a container without limits of CPU and memory',
  },
  {
    expression:
      "!variables.pod.?automountServiceAccountToken.orValue(true) || !(variables.pod.?serviceAccountName.orValue('default') in ['default', ''])",
    message: 'a token of the default account: name an account of its own, or set automountServiceAccountToken to false',
  },
];

/** Our rules as the API server's own policies, one file: for the cluster's administrator to apply, beside Pod Security and never instead of it. */
export function admissionFile(
  project: Project,
  delivered: readonly { readonly environment: Environment; readonly objects: readonly Manifest[] }[],
): ManifestFile {
  const objects = delivered.flatMap(({ environment, objects }) => {
    const { namespace, edge } = environment;
    const solver = edge.tls.kind === 'issuer' ? [ACME_SOLVER] : [];
    const repositories = [...new Set(objects.flatMap(imagesOf).map(repositoryOf)), ...solver].sort();
    const types = edge.nodePort === null ? ['ClusterIP'] : ['ClusterIP', 'NodePort'];
    const onService = {
      expression: `object.spec.?type.orValue('ClusterIP') in ${celList(types)} && object.spec.?externalIPs.orValue([]).size() == 0`,
      message: 'a Service that is reached past the ingress controller',
    };
    const pods = { resources: WORKLOADS, variables: podVariables(repositories), rules: POD_RULES };
    const services = { resources: SERVICES, variables: [], rules: [onService] };
    return [
      ...policy(project, environment, { name: `${namespace}-pods`, ...pods }),
      ...policy(project, environment, { name: `${namespace}-services`, ...services }),
    ];
  });
  const chart = new Chart(new App(), 'admission', { disableResourceNameHashes: true });
  for (const { id, ...object } of objects) new ApiObject(chart, id, object);
  nameConstructs(chart);
  return { path: 'addons/admission.k8s.yaml', objects: chart.toJson() };
}

function podVariables(repositories: readonly string[]) {
  return [
    { name: 'pod', expression: POD },
    // Nobody can give an ephemeral container limits: everything else holds for it too.
    { name: 'bounded', expression: 'variables.pod.containers + variables.pod.?initContainers.orValue([])' },
    { name: 'all', expression: 'variables.bounded + variables.pod.?ephemeralContainers.orValue([])' },
    { name: 'repositories', expression: celList(repositories) },
  ];
}

interface Policy {
  readonly name: string;
  readonly resources: readonly Record<string, readonly string[]>[];
  readonly variables: readonly { readonly name: string; readonly expression: string }[];
  readonly rules: readonly Rule[];
}

function policy(project: Project, environment: Environment, { name, resources, variables, rules }: Policy) {
  const labels = recommendedLabels({ name, instance: name, partOf: project.name, component: 'platform' });
  const namespaces = [environment.namespace, monitoringNamespaceOf(environment)];
  const resourceRules = resources.map((resource) => ({ ...resource, operations: ['CREATE', 'UPDATE'] }));
  const validations = rules.map((rule) => ({ ...rule, message: `${name}: ${rule.message}`, reason: 'Forbidden' }));
  const namespaceSelector = {
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: namespaces }],
  };
  const object = (kind: string, id: string, spec: object) => ({
    id,
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name, labels, annotations: ANNOTATIONS },
    spec,
  });
  return [
    object('ValidatingAdmissionPolicy', name, {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules },
      ...(variables.length === 0 ? {} : { variables }),
      validations,
    }),
    object('ValidatingAdmissionPolicyBinding', `${name}-binding`, {
      policyName: name,
      validationActions: ['Deny'],
      matchResources: { namespaceSelector },
    }),
  ];
}

function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/]*$/, '');
}

function celList(values: readonly string[]): string {
  return `[${values.map((value) => `'${value}'`).join(', ')}]`;
}
