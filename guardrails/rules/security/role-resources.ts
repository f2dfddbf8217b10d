import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { each, type Problem, rules } from '../../rule.ts';
import { kinds } from '../../schema/api.ts';
import { didYouMean, suggest } from '../../suggest.ts';

/** Groups whose resources are known whole; CRDs add to others. */
const GROUPS = ['', 'apps', 'autoscaling', 'batch', 'policy', 'networking.k8s.io', 'rbac.authorization.k8s.io'];
/** What may be done to the resources of these groups. */
const VERBS =
  'get list watch create update patch delete deletecollection use bind escalate impersonate proxy request-serviceaccounts-token-audience'.split(
    ' ',
  );

export const roleResourcesRules = rules({
  'roles-name-resources': {
    title: 'Roles name resources that their API groups have, and verbs that they know',
    rationale: 'The server accepts any word, and it allows nothing: the program is refused what it needs.',
    docs: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources',
    check: each(roleRules, function* (rule) {
      yield* unreachable(rule);
      const groups = rule.at('apiGroups').items.map(({ text }) => text ?? '');
      if (groups.length === 0 || !groups.every((group) => GROUPS.includes(group))) return;
      const known = groups.flatMap(resourcesOf);
      for (const at of rule.at('resources').items) {
        const name = at.text?.split('/')[0] ?? '*';
        if (name === '*' || known.includes(name)) continue;
        const message = `${groups.map((group) => group || 'the core group').join(' and ')} has no resource ${name}`;
        yield unknownWord(at, message, name, known, 'Name a resource (plural, lower case) and the group that has it.');
      }
      for (const at of rule.at('verbs').items) {
        if (at.text === undefined || at.text === '*' || VERBS.includes(at.text)) continue;
        yield unknownWord(at, `there is no verb ${at.text}`, at.text, VERBS, 'Name one of the verbs.');
      }
    }),
  },
});

/** Roles of others often keep a word of an older release beside the right ones: only one that is a slip away is a fault there. */
function unknownWord(at: Field, message: string, word: string, known: readonly string[], otherwise: string): Problem {
  const isSlip = suggest(word, known) !== undefined;
  return { at, message, fix: didYouMean(word, known, otherwise), elsewhere: isSlip ? 'error' : 'note' };
}

/** What every role of the platform allows, rule by rule. */
export function roleRules(platform: Platform): readonly Field[] {
  return platform.ofKind('Role', 'ClusterRole').flatMap((role) => role.at('rules').items);
}

/** Paths and names that no request has: of a path that is relative, and of a name where the object is only about to be made. */
function* unreachable(rule: Field): Iterable<Problem> {
  for (const at of rule.at('nonResourceURLs').items) {
    if (/^[/*]/.test(at.text ?? '/')) continue;
    yield { at, message: `${at.text} is no path: each begins with /`, fix: `Write /${at.text}.` };
  }
  const isNamed = rule.at('resourceNames').items.length > 0;
  const isWhole = rule.at('resources').items.every(({ text }) => text !== undefined && !/[/*]/.test(text));
  const { items: verbs } = rule.at('verbs');
  const at = rule.at('resourceNames');
  if (!isNamed || !isWhole || !verbs.every(({ text }) => /^(create|deletecollection)$/.test(text ?? ''))) return;
  const message = 'allows nothing: what is created, or deleted as a collection, is asked for without a name';
  yield { at, message, fix: 'Take resourceNames away from these verbs.' };
}

/** What the API serves and no manifest declares as a kind; users and groups are impersonated only. */
const WITHOUT_KIND: Readonly<Record<string, readonly string[]>> = {
  '': ['bindings', 'componentstatuses', 'nodes', 'events', 'endpoints', 'users', 'groups'],
  policy: ['podsecuritypolicies'],
  'events.k8s.io': ['events'],
};

/** `pods` of the core group, `networkpolicies` of networking.k8s.io. */
function resourcesOf(group: string): readonly string[] {
  const known = kinds().filter((one) => one.group === group);
  return [...known.map(({ kind }) => plural(kind.toLowerCase())), ...(WITHOUT_KIND[group] ?? [])];
}

function plural(kind: string): string {
  if (/[^aeiou]y$/.test(kind)) return `${kind.slice(0, -1)}ies`;
  return /(s|x|ch)$/.test(kind) ? `${kind}es` : `${kind}s`;
}
