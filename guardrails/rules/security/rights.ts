import type { Field, Resource } from '../../field.ts';
import { oncePerPlatform, type Platform } from '../../platform.ts';
import { type Problem, rules, type Severity } from '../../rule.ts';
import { matchesGlob } from '../../selector.ts';
import { roleRules } from './role-resources.ts';

const PRACTICES = 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/';
const PARTS = ['apiGroups', 'resources', 'verbs', 'nonResourceURLs'] as const;
/** Roles that the cluster itself binds to everybody: they tell versions and paths, and nothing else. */
const PUBLIC_ROLES = /^system:(discovery|basic-user|public-info-viewer|service-account-issuer-discovery)$/;
const EVERYBODY = /^system:(anonymous|unauthenticated|authenticated)$/;
/** Groups that the cluster makes for its own parts. */
const OF_THE_CLUSTER = /^system:(masters|nodes|kube-|node|bootstrappers|serviceaccounts:kube-system)/;

export const rightsRules = rules({
  'access-by-consequence': {
    title: 'No account may become another: read Secrets, enter pods, mint tokens, widen rights',
    rationale: 'Whoever takes over one pod with such an account has every account that it leads to, often the cluster.',
    docs: `${PRACTICES}#privilege-escalation-risks`,
    *check(platform) {
      for (const binding of platform.ofKind('RoleBinding', 'ClusterRoleBinding').filter(subjectOf)) {
        const severity = severityOf(platform, binding);
        const fix =
          'Name the objects (resourceNames) or the namespace (a RoleBinding) that it needs, or take the right away.';
        for (const { at, rights } of consequencesOf(platform, binding))
          yield { at, message: `${nameOf(binding)} may ${rights}`, fix, severity };
      }
      for (const role of platform.ofKind('ClusterRole')) yield* toReaders(role);
    },
  },
  'roles-without-wildcards': {
    title: 'Roles name what they allow, without wildcards, and nobody is bound to cluster-admin',
    rationale: 'A wildcard grants what exists and what will: secrets, and resources that nobody has thought of yet.',
    docs: `${PRACTICES}#least-privilege`,
    *check(platform) {
      for (const rule of roleRules(platform)) yield* wildcards(platform, rule);
      for (const binding of platform.ofKind('RoleBinding', 'ClusterRoleBinding')) yield* wideBinding(platform, binding);
    },
  },
});

/** Rights that beget others: whoever has them can become somebody else. */
interface Consequence {
  /** After "may": `read every Secret`. */
  readonly may: string;
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

function consequence(may: string, groups: string, resources: string, verbs: string): Consequence {
  const [words, where] = [(list: string) => list.split(' '), (list: string) => list.split(',')];
  return { may, groups: where(groups), resources: words(resources), verbs: words(verbs) };
}

const WRITE = 'create update patch';

/** What some rights lead to: of resources of the cluster, or of many namespaces. The groups are apart by commas, the core group is empty. */
const ACROSS: readonly Consequence[] = [
  consequence('read Secrets, the tokens of other accounts among them', '', 'secrets', 'get list watch'),
  consequence('run commands in every pod by way of the kubelets', '', 'nodes/proxy', 'get create'),
  consequence(
    'approve certificates that make it anybody',
    'certificates.k8s.io',
    'certificatesigningrequests/approval signers',
    'update patch approve',
  ),
  consequence(
    'read and change every object that is written, by a webhook',
    'admissionregistration.k8s.io',
    'mutatingwebhookconfigurations validatingwebhookconfigurations mutatingadmissionpolicies',
    WRITE,
  ),
  consequence(
    'switch off what admission forbids',
    'admissionregistration.k8s.io',
    'validatingadmissionpolicies validatingadmissionpolicybindings',
    'update patch delete',
  ),
  consequence('answer in the place of an API, by a server of its own', 'apiregistration.k8s.io', 'apiservices', WRITE),
  consequence('take off the labels by which a namespace is protected', '', 'namespaces', 'update patch'),
  consequence('reach ports past the network policies', '', 'pods/portforward pods/proxy services/proxy', 'create get'),
  consequence(
    'start pods as every account of the namespace, kube-system too',
    ',apps,batch',
    'pods replicationcontrollers jobs cronjobs deployments daemonsets statefulsets replicasets',
    WRITE,
  ),
  consequence('make volumes of any path of any node', '', 'persistentvolumes', WRITE),
];

/** What is as grave within one namespace. */
const ANYWHERE: readonly Consequence[] = [
  consequence('run commands in other pods', '', 'pods/exec pods/attach', 'create get'),
  consequence('put containers into other pods', '', 'pods/ephemeralcontainers', 'update patch'),
  consequence('make tokens of other accounts', '', 'serviceaccounts/token', 'create'),
  consequence('give itself rights that it has not', 'rbac.authorization.k8s.io', 'roles clusterroles', 'escalate bind'),
  consequence(
    'act as somebody else',
    ',authentication.k8s.io',
    'users groups serviceaccounts userextras uids',
    'impersonate',
  ),
];

/** What the roles that every cluster has give to whoever is bound to them. */
const BUILT_IN: Readonly<Record<string, string>> = {
  'cluster-admin': 'do everything',
  admin: 'read Secrets, run commands in pods and give rights',
  edit: 'read Secrets and run commands in pods',
};

/** Whom a binding gives rights beside the parts of the cluster. */
function subjectOf(binding: Resource): Field | undefined {
  return binding.at('subjects').items.find((subject) => {
    const { kind, name = '', namespace } = subject.texts;
    return kind === 'ServiceAccount' ? namespace !== 'kube-system' : !OF_THE_CLUSTER.test(name);
  });
}

function nameOf(binding: Resource): string {
  const { kind, name, namespace = binding.namespace } = subjectOf(binding)?.texts ?? {};
  return `${kind} ${kind === 'ServiceAccount' ? `${namespace}/` : ''}${name}`;
}

/** What a binding to one of the built-in roles gives everywhere to an account, or to all of them. */
function builtIn(binding: Resource): string | undefined {
  const { kind, name = '' } = subjectOf(binding)?.texts ?? {};
  const isOfAccount = kind === 'ServiceAccount' || name.startsWith('system:serviceaccounts');
  return isOfAccount && binding.kind === 'ClusterRoleBinding'
    ? BUILT_IN[binding.at('roleRef', 'name').text ?? '']
    : undefined;
}

function* consequencesOf(platform: Platform, binding: Resource) {
  const { kind = '', name = '' } = binding.at('roleRef').texts;
  const isWide = binding.kind === 'ClusterRoleBinding';
  const scope = isWide ? 'in every namespace' : `in ${binding.namespace}`;
  const role = platform.find(kind, kind === 'Role' ? binding.namespace : '', name);
  for (const at of role?.at('rules').items ?? []) {
    if (at.at('resourceNames').items.length > 0) continue;
    // The Secrets and the pods of kube-system are those of the cluster.
    const isOfCluster = isWide || binding.namespace === 'kube-system';
    for (const { may, groups, resources, verbs } of isOfCluster ? [...ACROSS, ...ANYWHERE] : ANYWHERE) {
      const wanted = { apiGroups: groups, resources, verbs };
      const found = Object.entries(wanted).map(([part, words]) => granted(at.at(part), words));
      // A rule of wildcards alone is the matter of another rule.
      if (found.some(({ length }) => length === 0) || found.every((words) => words.includes('*'))) continue;
      yield { at, rights: `${may}: ${found[2]?.join(', ')} ${found[1]?.[0]} ${scope}, by ${binding}` };
    }
  }
  const may = builtIn(binding);
  const at = binding.at('roleRef', 'name');
  if (may !== undefined) yield { at, rights: `${may} in every namespace: it is bound to ${name}` };
}

/** The words of a rule that grant one of these, those with a wildcard in them too. */
function granted(list: Field, wanted: readonly string[]): readonly string[] {
  return list.words.filter((word) => wanted.some((one) => matchesGlob(word, one)));
}

/** What is added to `view` gives to all who may only look. */
function* toReaders(role: Resource): Iterable<Problem> {
  if (role.labels['rbac.authorization.k8s.io/aggregate-to-view'] !== 'true') return;
  for (const at of role.at('rules').items) {
    const found = [granted(at.at('apiGroups'), ['']), granted(at.at('resources'), ['secrets'])];
    if (found.some(({ length }) => length === 0)) continue;
    const message = 'everybody who may view may read Secrets: the role is added to view';
    yield { at, message, fix: 'Take the secrets out of it, or the label aggregate-to-view away.' };
  }
}

function isOwn(platform: Platform, { namespace }: Resource): boolean {
  return namespace === '' ? platform.environments.length > 0 : platform.environmentOf(namespace) !== undefined;
}

const OPERATORS =
  /operator|controller|manager|provisioner|ingress|csi|prometheus|argocd|argo-|flux|autoscaler|scheduler/i;

/** Operators need such rights. They come with the definitions or the webhooks that they serve, or say by their names what they are. */
function severityOf(platform: Platform, binding: Resource): Severity {
  if (isOwn(platform, binding) || platform.profile !== 'baseline') return 'error';
  return hasOperator(platform) || OPERATORS.test(`${binding.name} ${nameOf(binding)}`) ? 'note' : 'warning';
}

const WITH_OPERATORS =
  /^(CustomResourceDefinition|(Mutating|Validating)WebhookConfiguration|APIService|IngressClass|StorageClass|CSIDriver)$/;
const hasOperator = oncePerPlatform(({ resources }) => resources.some(({ kind }) => WITH_OPERATORS.test(kind)));

/** Operators of other people do need broad roles; only a role that grants everything is worth a warning there. */
function* wildcards(platform: Platform, rule: Field): Iterable<Problem> {
  const wild = PARTS.filter((part) => rule.at(part).words.includes('*'));
  const escalating = rule.at('verbs').items.find(({ text }) => /^(escalate|bind|impersonate)$/.test(text ?? ''));
  const at = wild[0] === undefined ? escalating : rule.at(wild[0]);
  if (!at) return;
  const rights = wild.length > 0 ? `any of ${wild.join(', ')}` : `${escalating?.text}, by which rights beget rights`;
  const elsewhere = wild.includes('resources') && wild.includes('verbs') ? 'warning' : 'note';
  const severity = isOwn(platform, rule.resource) ? 'error' : elsewhere;
  yield { at, message: `allows ${rights}`, fix: 'Name each API group, resource and verb that is needed.', severity };
}

/** What an account may by a built-in role, another rule says. */
function* wideBinding(platform: Platform, binding: Resource): Iterable<Problem> {
  const role = binding.at('roleRef', 'name');
  const everybody = binding.all('subjects', '*', 'name').find(({ text }) => EVERYBODY.test(text ?? ''));
  const isAdmin = role.text === 'cluster-admin' && builtIn(binding) === undefined;
  if (PUBLIC_ROLES.test(role.text ?? '') || (!isAdmin && !everybody)) return;
  const message = everybody ? `gives rights to ${everybody.text}: everybody` : 'binds to cluster-admin';
  const fix = 'Bind a role with just what is needed to one service account.';
  const severity = isOwn(platform, binding) ? 'error' : everybody ? 'warning' : 'note';
  yield { at: everybody ?? role, message, fix, severity };
}
