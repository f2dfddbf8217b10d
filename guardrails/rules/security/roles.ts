import type { Field } from '../../field.ts';
import type { Rule } from '../../rule.ts';
import { kindNames } from '../../schema/api.ts';
import { suggest } from '../../suggest.ts';

/** What the API serves and no manifest declares as a kind. */
const WITHOUT_KIND: Readonly<Record<string, readonly string[]>> = {
  '': ['bindings', 'componentstatuses', 'nodes', 'events', 'endpoints'],
  policy: ['podsecuritypolicies'],
  'events.k8s.io': ['events'],
};

/** Groups whose resources are known whole; CRDs add to others. */
const GROUPS = ['', 'apps', 'autoscaling', 'batch', 'policy', 'networking.k8s.io', 'rbac.authorization.k8s.io'];

const rolesNameResources: Rule = {
  id: 'roles-name-resources',
  title: 'Roles name resources that their API groups have',
  rationale: 'The API server accepts any word, and it allows nothing: the program is refused what it was to be given.',
  docs: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources',
  *check(platform) {
    for (const role of platform.ofKind('Role', 'ClusterRole')) {
      for (const rule of role.at('rules').items) {
        const groups = rule.at('apiGroups').items.map(({ text }) => text ?? '');
        if (groups.length === 0 || !groups.every((group) => GROUPS.includes(group))) continue;
        const known = groups.flatMap(resourcesOf);
        for (const at of rule.at('resources').items) {
          const name = at.text?.split('/')[0] ?? '*';
          if (name === '*' || known.includes(name)) continue;
          const meant = suggest(name, known);
          yield {
            at,
            message: `${groups.map((group) => (group === '' ? 'the core group' : group)).join(' and ')} has no resource ${name}`,
            fix:
              meant === undefined
                ? 'Name a resource (plural, lower case) and the group that has it.'
                : `Did you mean ${meant}?`,
          };
        }
      }
    }
  },
};

/** `pods` of the core group, `networkpolicies` of networking.k8s.io. */
function resourcesOf(group: string): readonly string[] {
  return [...kindNames(group).map((kind) => plural(kind.toLowerCase())), ...(WITHOUT_KIND[group] ?? [])];
}

function plural(kind: string): string {
  if (/[^aeiou]y$/.test(kind)) return `${kind.slice(0, -1)}ies`;
  return /(s|x|ch)$/.test(kind) ? `${kind}es` : `${kind}s`;
}

const PARTS = ['apiGroups', 'resources', 'verbs', 'nonResourceURLs'] as const;
/** Verbs by which rights beget rights. */
const ESCALATING = new Set(['escalate', 'bind', 'impersonate']);

/** Roles that the cluster itself binds to everybody: they tell versions and paths, and nothing else. */
const PUBLIC_ROLES = /^system:(discovery|basic-user|public-info-viewer|service-account-issuer-discovery)$/;

/** Operators of other people do need broad roles; only a role that grants everything is worth a warning there. */
const rolesWithoutWildcards: Rule = {
  id: 'roles-without-wildcards',
  title: 'Roles name what they allow, without wildcards, and nobody is bound to cluster-admin',
  rationale: 'A wildcard grants what exists and what will: secrets, and resources that nobody has thought of yet.',
  docs: 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege',
  *check(platform) {
    const inOwn = ({ resource }: Field): boolean =>
      resource.namespace === ''
        ? platform.environments.length > 0
        : platform.environmentOf(resource.namespace) !== undefined;
    for (const role of platform.ofKind('Role', 'ClusterRole')) {
      for (const rule of role.at('rules').items) {
        const wild = PARTS.filter((part) => rule.at(part).items.some(({ text }) => text === '*'));
        const escalating = rule.at('verbs').items.find(({ text }) => ESCALATING.has(text ?? ''));
        const everything = wild.includes('resources') && wild.includes('verbs');
        const at = wild[0] === undefined ? (escalating ?? rule) : rule.at(wild[0]);
        if (wild.length === 0 && !escalating) continue;
        yield {
          at,
          message:
            wild.length > 0
              ? `allows any of ${wild.join(', ')}`
              : `allows ${escalating?.text}, by which rights beget rights`,
          fix: 'Name each API group, resource and verb that is needed.',
          severity: inOwn(rule) ? 'error' : everything ? 'warning' : 'note',
        };
      }
    }
    for (const binding of platform.ofKind('RoleBinding', 'ClusterRoleBinding')) {
      const at = binding.at('roleRef', 'name');
      const everybody = binding
        .at('subjects')
        .items.find((subject) =>
          /^system:(anonymous|unauthenticated|authenticated)$/.test(subject.at('name').text ?? ''),
        );
      if (PUBLIC_ROLES.test(at.text ?? '') || (at.text !== 'cluster-admin' && !everybody)) continue;
      yield {
        at: everybody?.at('name') ?? at,
        message: everybody ? `gives rights to ${everybody.at('name').text}: everybody` : 'binds to cluster-admin',
        fix: 'Bind a role with just what is needed to one service account.',
        severity: inOwn(at) ? 'error' : everybody ? 'warning' : 'note',
      };
    }
  },
};

export const rolesRules: readonly Rule[] = [rolesNameResources, rolesWithoutWildcards];
