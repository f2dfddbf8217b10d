import type { Field, Resource } from '../../field.ts';
import { oncePerPlatform, type Platform } from '../../platform.ts';
import type { Problem, Rule, Severity } from '../../rule.ts';
import { matchesGlob } from '../../selector.ts';

/** Rights that beget others: whoever has them can become somebody else. */
interface Consequence {
  /** After "may": `read every Secret`. */
  readonly may: string;
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Whether it is grave within one namespace too. @default - across the cluster only */
  readonly anywhere?: true;
}

const WRITE = ['create', 'update', 'patch'];
const RBAC = 'rbac.authorization.k8s.io';
const WORKLOADS = ['deployments', 'daemonsets', 'statefulsets', 'replicasets'];

const CONSEQUENCES: readonly Consequence[] = [
  {
    may: 'read Secrets, the tokens of other accounts among them',
    groups: [''],
    resources: ['secrets'],
    verbs: ['get', 'list', 'watch'],
  },
  {
    may: 'run commands in other pods',
    groups: [''],
    resources: ['pods/exec', 'pods/attach'],
    verbs: ['create', 'get'],
    anywhere: true,
  },
  {
    may: 'put containers into other pods',
    groups: [''],
    resources: ['pods/ephemeralcontainers'],
    verbs: ['update', 'patch'],
    anywhere: true,
  },
  {
    may: 'make tokens of other accounts',
    groups: [''],
    resources: ['serviceaccounts/token'],
    verbs: ['create'],
    anywhere: true,
  },
  {
    may: 'run commands in every pod by way of the kubelets',
    groups: [''],
    resources: ['nodes/proxy'],
    verbs: ['get', 'create'],
  },
  {
    may: 'give itself rights that it has not',
    groups: [RBAC],
    resources: ['roles', 'clusterroles'],
    verbs: ['escalate', 'bind'],
    anywhere: true,
  },
  {
    may: 'act as somebody else',
    groups: ['', 'authentication.k8s.io'],
    resources: ['users', 'groups', 'serviceaccounts', 'userextras', 'uids'],
    verbs: ['impersonate'],
    anywhere: true,
  },
  {
    may: 'approve certificates that make it anybody',
    groups: ['certificates.k8s.io'],
    resources: ['certificatesigningrequests/approval', 'signers'],
    verbs: ['update', 'patch', 'approve'],
  },
  {
    may: 'read and change every object that is written, by a webhook',
    groups: ['admissionregistration.k8s.io'],
    resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
    verbs: WRITE,
  },
  {
    may: 'start pods as any account of the namespace, kube-system too',
    groups: ['', 'apps', 'batch'],
    resources: ['pods', 'replicationcontrollers', 'jobs', 'cronjobs', ...WORKLOADS],
    verbs: WRITE,
  },
  { may: 'make volumes of any path of any node', groups: [''], resources: ['persistentvolumes'], verbs: WRITE },
];

/** Groups that the cluster makes for its own parts. */
const OF_THE_CLUSTER = /^system:(masters|nodes|kube-|node|bootstrappers|serviceaccounts:kube-system)/;

const accessByConsequence: Rule = {
  id: 'access-by-consequence',
  title: 'No account may become another: read Secrets, enter pods, mint tokens, widen rights',
  rationale: 'Whoever takes over one pod with such an account has every account that it leads to, often the cluster.',
  docs: 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks',
  *check(platform) {
    for (const binding of platform.ofKind('RoleBinding', 'ClusterRoleBinding')) {
      const [subject] = binding.at('subjects').items.filter((one) => !isOfTheCluster(one));
      if (!subject) continue;
      const account = nameOf(subject, binding);
      const isWide = binding.kind === 'ClusterRoleBinding';
      const severity = severityOf(platform, binding, account);
      const fix =
        'Name the objects (resourceNames) or the namespace (a RoleBinding) that it needs, or take the right away.';
      for (const { at, may, verbs, resource } of consequencesOf(platform, binding)) {
        const scope = isWide ? 'in every namespace' : `in ${binding.namespace}`;
        const rights = `${verbs.join(', ')} ${resource} ${scope}`;
        yield { at, message: `${account} may ${may}: ${rights}, by ${binding}`, fix, severity };
      }
      const at = binding.at('roleRef', 'name');
      const may = subject.at('kind').text === 'ServiceAccount' && isWide ? BUILT_IN[at.text ?? ''] : undefined;
      if (may !== undefined)
        yield { at, message: `${account} may ${may} in every namespace: it is bound to ${at.text}`, fix, severity };
    }
    for (const role of platform.ofKind('ClusterRole')) yield* toReaders(role);
  },
};

/** What the roles that every cluster has give to whoever is bound to them. */
const BUILT_IN: Readonly<Record<string, string>> = {
  'cluster-admin': 'do everything',
  admin: 'read Secrets, run commands in pods and give rights',
  edit: 'read Secrets and run commands in pods',
};

/** A role that is added to `view` gives to all who may only look. */
function* toReaders(role: Resource): Iterable<Problem> {
  if (role.labels['rbac.authorization.k8s.io/aggregate-to-view'] !== 'true') return;
  for (const at of role.at('rules').items) {
    const isSecret = [granted(at.at('apiGroups'), ['']), granted(at.at('resources'), ['secrets'])].every(
      ({ length }) => length > 0,
    );
    if (isSecret)
      yield {
        at,
        message: 'everybody who may view may read Secrets: the role is added to view',
        fix: 'Take the secrets out of it, or the label aggregate-to-view away.',
      };
  }
}

/** Operators need such rights. They come with the definitions or the webhooks that they serve, or say by their names what they are. */
function severityOf(platform: Platform, { namespace, name }: Resource, account: string): Severity {
  const own = namespace === '' ? platform.environments.length > 0 : platform.environmentOf(namespace) !== undefined;
  if (own || platform.profile !== 'baseline') return 'error';
  return hasOperator(platform) || OPERATORS.test(`${name} ${account}`) ? 'note' : 'warning';
}

const OPERATORS =
  /operator|controller|manager|provisioner|ingress|csi|prometheus|argocd|argo-|flux|autoscaler|scheduler/i;

const hasOperator = oncePerPlatform(
  (platform) =>
    platform.ofKind(
      'CustomResourceDefinition',
      'MutatingWebhookConfiguration',
      'ValidatingWebhookConfiguration',
      'APIService',
      'IngressClass',
      'StorageClass',
      'CSIDriver',
    ).length > 0,
);

function* consequencesOf(platform: Platform, binding: Resource) {
  const ref = binding.at('roleRef');
  const kind = ref.at('kind').text ?? '';
  const role = platform.find(kind, kind === 'Role' ? binding.namespace : '', ref.at('name').text ?? '');
  for (const rule of role?.at('rules').items ?? []) {
    if (rule.at('resourceNames').items.length > 0) continue;
    for (const { may, groups, resources, verbs, anywhere } of CONSEQUENCES) {
      if (!anywhere && binding.kind !== 'ClusterRoleBinding') continue;
      const found = {
        group: granted(rule.at('apiGroups'), groups),
        resource: granted(rule.at('resources'), resources),
        verbs: granted(rule.at('verbs'), verbs),
      };
      const [resource] = found.resource;
      // A rule of wildcards alone is the matter of another rule.
      const isWild = [found.group, found.resource, found.verbs].every((words) => words.includes('*'));
      if (resource !== undefined && found.group.length > 0 && found.verbs.length > 0 && !isWild)
        yield { at: rule, may, resource, verbs: found.verbs };
    }
  }
}

/** The words of a rule that grant one of these, those with a wildcard in them too. */
function granted(list: Field, wanted: readonly string[]): readonly string[] {
  const words = list.items.flatMap(({ text }) => text ?? []);
  return words.filter((word) => wanted.some((one) => matchesGlob(word, one)));
}

function isOfTheCluster(subject: Field): boolean {
  const name = subject.at('name').text ?? '';
  if (subject.at('kind').text === 'ServiceAccount') return subject.at('namespace').text === 'kube-system';
  return OF_THE_CLUSTER.test(name);
}

function nameOf(subject: Field, binding: Resource): string {
  const namespace = subject.at('namespace').text ?? binding.namespace;
  const isAccount = subject.at('kind').text === 'ServiceAccount';
  return `${subject.at('kind').text} ${isAccount ? `${namespace}/` : ''}${subject.at('name').text}`;
}

export const accessRules: readonly Rule[] = [accessByConsequence];
