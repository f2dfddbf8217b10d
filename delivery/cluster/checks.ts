import { coerce, gte } from 'semver';
import type { Environment } from '../../charts/plan/environment.ts';
import { NAMESPACE } from '../../guardrails/annotations.ts';
import { isRecord, type Resource } from '../../guardrails/field.ts';
import { subnets } from '../../guardrails/network/policy.ts';
import { formatBytes, formatCores, parseQuantity } from '../../guardrails/quantity.ts';
import { filesNow, snapshotOf } from '../diff/snapshot.ts';
import type { Kubectl } from './kubectl.ts';

/** What one environment asks of a cluster, read off its manifests: never a list that someone must keep up to date. */
export interface Needs {
  readonly environment: Environment;
  /** Of the environment's own file: built-in APIs only. */
  readonly objects: readonly Resource[];
  /** Of its addons: kinds that operators bring. */
  readonly addons: readonly Resource[];
}

export async function needsOf(root: string, environment: Environment): Promise<Needs> {
  const files = await filesNow(root, 'dist');
  const objects = (path: string) => [...snapshotOf(files.filter((file) => file.path === path)).values()];
  return {
    environment,
    objects: objects(`dist/${environment.name}.k8s.yaml`),
    addons: objects(`dist/addons/${environment.name}.k8s.yaml`),
  };
}

/** `missing` stops an environment, `doubt` may, `met` is fine. */
export type Verdict = 'met' | 'doubt' | 'missing';

export interface Diagnosis {
  readonly verdict: Verdict;
  /** What was looked at, and what there is: `ingress class traefik`. */
  readonly what: string;
  readonly cure: string;
}

/** One question about a cluster, asked for one environment. */
export type Check = (kubectl: Kubectl, needs: Needs) => Promise<readonly Diagnosis[]>;

function met(what: string): Diagnosis {
  return { verdict: 'met', what, cure: '' };
}

function missing(what: string, cure: string): Diagnosis {
  return { verdict: 'missing', what, cure };
}

function doubt(what: string, cure: string): Diagnosis {
  return { verdict: 'doubt', what, cure };
}

/** The oldest Kubernetes that every field of dist/ is understood by. */
const OLDEST = '1.28.0';

export const version: Check = async (kubectl) => {
  const { gitVersion } = await kubectl.raw('/version');
  const found = coerce(String(gitVersion));
  const what = `Kubernetes ${String(gitVersion)}`;
  if (found !== null && gte(found, OLDEST)) return [met(what)];
  return [missing(what, `dist/ needs ${OLDEST} or newer: upgrade the cluster`)];
};

/** Who brings the kinds of a group, and where to read how it is installed. */
const BRINGERS: Readonly<Record<string, string>> = {
  'cert-manager.io': 'install cert-manager: https://cert-manager.io/docs/installation/',
  'external-secrets.io':
    'install the External Secrets operator: https://external-secrets.io/latest/introduction/getting-started/',
  'traefik.io':
    'install Traefik with its custom resources: https://doc.traefik.io/traefik/getting-started/install-traefik/',
  'monitoring.coreos.com':
    'install the Prometheus Operator: https://prometheus-operator.dev/docs/getting-started/installation/',
  'gateway.networking.k8s.io': 'install the Gateway API: https://gateway-api.sigs.k8s.io/guides/',
  'argoproj.io': 'install Argo CD: https://argo-cd.readthedocs.io/en/stable/getting_started/',
};

/** Whether the cluster serves every kind of the environment, its own and those of its addons. */
export const apis: Check = async (kubectl, { objects, addons }) => {
  const versions = new Set([...objects, ...addons].map(({ apiVersion }) => apiVersion));
  const diagnoses = await Promise.all(
    [...versions].sort().map(async (apiVersion): Promise<readonly Diagnosis[]> => {
      const kinds = kindsIn([...objects, ...addons], apiVersion);
      const served = await kindsServed(kubectl, apiVersion);
      const lacking = kinds.filter((kind) => !served.includes(kind));
      if (lacking.length === 0) return [met(`${apiVersion}: ${kinds.join(', ')}`)];
      const cure = BRINGERS[apiVersion.replace(/\/.*$/, '')] ?? 'upgrade the cluster: it does not serve this API';
      return [missing(`${apiVersion}: ${lacking.join(', ')}`, cure)];
    }),
  );
  return diagnoses.flat();
};

function kindsIn(resources: readonly Resource[], apiVersion: string): readonly string[] {
  const found = resources.filter((resource) => resource.apiVersion === apiVersion).map(({ kind }) => kind);
  return [...new Set(found)].sort();
}

async function kindsServed(kubectl: Kubectl, apiVersion: string): Promise<readonly string[]> {
  const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { resources } = await kubectl.raw(path).catch(() => ({ resources: [] }));
  return Array.isArray(resources) ? resources.filter(isRecord).map(({ kind }) => String(kind)) : [];
}

/** Whether the class that the routes name exists, and whether the pods that the policies admit are there. */
export const edge: Check = async (kubectl, { environment: { edge: wanted } }) => {
  if (wanted.exposure === 'none') return [met('nobody comes in')];
  const kind = wanted.exposure === 'gateway' ? 'gatewayclasses' : 'ingressclasses';
  const classes = (await kubectl.list(kind)).map(({ name }) => name);
  const what = `${wanted.exposure} class ${wanted.className}`;
  const { namespace, podLabels } = wanted.controller;
  const selector = Object.entries(podLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const pods = await kubectl.list('pods', '--namespace', namespace, '--selector', selector);
  const there = `${what} (there is ${classes.join(', ') || 'none'})`;
  const shown = `controller pods ${selector} in ${namespace}`;
  return [
    classes.includes(wanted.className)
      ? met(what)
      : missing(there, 'install the controller, or name its class in charts/environments'),
    pods.length > 0
      ? met(shown)
      : doubt(shown, 'the network policies admit only these: set edge.controller to where yours runs'),
  ];
};

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

/** Whether volumes can be made: the classes that are named, and a default one where a claim names none. */
export const storage: Check = async (kubectl, { objects }) => {
  const claims = objects.flatMap(claimsOf);
  if (claims.length === 0) return [];
  const classes = await kubectl.list('storageclasses');
  const names = classes.map(({ name }) => name);
  const standard = classes.find(({ annotations }) => annotations[DEFAULT_CLASS] === 'true');
  const wanted = [...new Set(claims)];
  return wanted.map((name) => {
    const what = `storage class ${name ?? '(the default)'}`;
    if (name === undefined ? standard !== undefined : names.includes(name)) return met(what);
    const cure = 'make one the default, or name one as storageClass in charts/environments';
    return missing(`${what}; there is ${names.join(', ') || 'none'}`, cure);
  });
};

/** The class of every claim of an object; undefined for the cluster's default. */
function claimsOf(resource: Resource): readonly (string | undefined)[] {
  if (resource.kind === 'PersistentVolumeClaim') return [resource.at('spec', 'storageClassName').text];
  return resource.at('spec', 'volumeClaimTemplates').items.map((claim) => claim.at('spec', 'storageClassName').text);
}

const API = 'v1beta1.metrics.k8s.io';

/** Whether autoscalers get figures: the resource metrics API, which metrics-server brings. */
export const metrics: Check = async (kubectl, { objects }) => {
  const autoscalers = objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler').length;
  if (autoscalers === 0) return [];
  const services = await kubectl.list('apiservices.apiregistration.k8s.io');
  const found = services.find(({ name }) => name === API);
  const what = `resource metrics for ${autoscalers} autoscalers (${API})`;
  const conditions = found?.at('status', 'conditions').items ?? [];
  const isAvailable = conditions.some((one) => one.at('type').text === 'Available' && one.at('status').text === 'True');
  if (isAvailable) return [met(what)];
  return [missing(what, 'install metrics-server: https://kubernetes-sigs.github.io/metrics-server/')];
};

/** Network plugins that are known to enforce NetworkPolicy, by the name of a DaemonSet that runs them. */
const ENFORCING = /^(calico|canal|cilium|weave-net|antrea|kube-router|aws-node|azure-npm|anetd|kindnet|ovnkube|netd)/;

/**
 * Whether policies are more than words: without an enforcing network plugin the API server takes them and nothing happens.
 * Asked of the plugins by name; `npm run test:cluster -- ENVIRONMENT --apply` proves it with a connection that must fail.
 */
export const defaultDeny: Check = async (kubectl) => {
  const daemons = await kubectl.list('daemonsets', '--all-namespaces');
  const plugin = daemons.map(({ name }) => name).find((name) => ENFORCING.test(name));
  if (plugin !== undefined) return [met(`network policies are enforced by ${plugin}`)];
  return [
    doubt(
      'no network plugin that is known to enforce policies',
      'prove it: npm run test:cluster -- dev --apply; install Calico or Cilium where the connection succeeds',
    ),
  ];
};

/** Whether the nodes are what the environment's budget says: the quota is proven against that budget, not against the cluster. */
export const budget: Check = async (kubectl, { environment: { budget: planned } }) => {
  const nodes = await kubectl.list('nodes');
  const sum = (resource: string) =>
    nodes.reduce((total, node) => total + (parseQuantity(node.at('status', 'allocatable', resource).value) ?? 0), 0);
  const cpu = (planned.nodes * planned.cpuMillisPerNode) / 1000;
  const memory = planned.nodes * planned.memoryMiBPerNode * 2 ** 20;
  const what = `${nodes.length} nodes with ${formatCores(sum('cpu'))} CPU and ${formatBytes(sum('memory'))} for a budget of ${planned.nodes} with ${formatCores(cpu)} and ${formatBytes(memory)}`;
  if (nodes.length >= planned.nodes && sum('cpu') >= cpu && sum('memory') >= memory) return [met(what)];
  return [doubt(what, 'autoscalers may ask for more than there is: add nodes, or lower the budget and the ceilings')];
};

/** Whether the monitoring is let out to the API server, and to nothing beside it: dist/ was rendered before anybody knew where it is. */
export const apiServer: Check = async (kubectl, { environment: { monitoring } }) => {
  if (monitoring.kind !== 'standalone') return [];
  const behind = ['--namespace', 'default', '--selector', 'kubernetes.io/service-name=kubernetes'];
  const slices = await kubectl.list('endpointslices', ...behind);
  const places = slices.flatMap((slice) =>
    slice
      .at('endpoints')
      .items.flatMap((endpoint) =>
        endpoint
          .at('addresses')
          .words.flatMap((address) =>
            slice.at('ports').items.map((port) => ({ address, port: Number(port.at('port').value) })),
          ),
      ),
  );
  const what = `API server at ${places.map(({ address, port }) => `${address}:${port}`).join(', ')}`;
  const exact = places.map(
    ({ address, port }) => `{ cidr: '${address}/${address.includes(':') ? 128 : 32}', ports: [${port}] }`,
  );
  const cure = `set monitoring.apiServer to [${exact.join(', ')}], and add the address of its Service where your network plugin wants that`;
  const isOpen = ({ address, port }: (typeof places)[number]) =>
    monitoring.apiServer.some(({ cidr, ports }) => ports.includes(port) && subnets(cidr)(address));
  if (!places.every(isOpen)) return [missing(`${what}, where the policies let nobody go`, cure)];
  const wide = monitoring.apiServer.filter(({ because }) => because !== undefined).map(({ cidr }) => cidr);
  return [wide.length === 0 ? met(what) : doubt(`${what}, and the policies open all of ${wide.join(', ')}`, cure)];
};

/** Whether what somebody else must put into the namespaces is there: read off their `provided` annotation. */
export const secrets: Check = async (kubectl, { objects }) => {
  const wanted = objects.filter(({ kind }) => kind === 'Namespace').flatMap(providedBy);
  return Promise.all(
    wanted.map(async ({ namespace, kind, name }) => {
      const { code } = await kubectl.try(['get', kind, name, '--namespace', namespace, '--output=name']);
      const what = `${kind} ${namespace}/${name}`;
      if (code === 0) return met(what);
      return doubt(what, 'pods wait for it: the External Secrets operator or docs/how-to/operations.md brings it');
    }),
  );
};

function providedBy(namespace: Resource): readonly { namespace: string; kind: string; name: string }[] {
  const lines = (namespace.annotations[NAMESPACE.provided] ?? '').split('\n');
  return lines.flatMap((line) => {
    const match = /^([A-Za-z]+)\/([^:\s]+)/.exec(line.trim());
    return match?.[1] === undefined || match[2] === undefined
      ? []
      : [{ namespace: namespace.name, kind: match[1], name: match[2] }];
  });
}
