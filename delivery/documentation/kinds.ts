/** Short names and odd plurals of kubectl, by kind in lower case. */
const ALIASES: Readonly<Record<string, string>> = {
  deploy: 'deployment',
  sts: 'statefulset',
  svc: 'service',
  hpa: 'horizontalpodautoscaler',
  pdb: 'poddisruptionbudget',
  cm: 'configmap',
  ns: 'namespace',
  ing: 'ingress',
  netpol: 'networkpolicy',
  networkpolicies: 'networkpolicy',
  sa: 'serviceaccount',
  quota: 'resourcequota',
  pvc: 'persistentvolumeclaim',
  po: 'pod',
  no: 'node',
  es: 'externalsecret',
  app: 'application',
};

/** Kinds whose names the cluster gives. */
export const NAMED_BY_CLUSTER: ReadonlySet<string> = new Set([
  'node',
  'event',
  'replicaset',
  'persistentvolume',
  'ingressclass',
  'storageclass',
  'job',
  'lease',
  'endpoint',
  'endpointslice',
  'crd',
  'apiservice',
  'challenge',
  'order',
]);

/** The kind, in lower case, that a word of a command line means: `po`, `pods` and `Pod` are `pod`. */
export function kindOf(word: string): string {
  const lower = word.toLowerCase().replace(/\..*$/, '');
  const singular = lower.replace(/(?<=ss)es$|(?<!s)s$/, '');
  return ALIASES[lower] ?? ALIASES[singular] ?? singular;
}
