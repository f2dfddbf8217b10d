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

export const rolesNameResources: Rule = {
  id: 'roles-name-resources',
  title: 'Roles name resources that their API groups have',
  rationale: 'The API server accepts any word, and it allows nothing: the program is refused what it was to be given.',
  severity: 'error',
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
