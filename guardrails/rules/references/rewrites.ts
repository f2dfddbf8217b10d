import type { Field, Resource } from '../../field.ts';
import { oncePerPlatform } from '../../platform.ts';
import { eachObject, rules } from '../../rule.ts';

const PREFIX = 'nginx.ingress.kubernetes.io/';

export const rewritesRules = rules({
  'rewrites-fit-paths': {
    title: 'Paths of ingress-nginx are patterns where it reads them so, with the groups that a rewrite takes from them',
    rationale: 'The admission of ingress-nginx refuses the path, or every request is rewritten to the same one.',
    docs: 'https://kubernetes.github.io/ingress-nginx/examples/rewrite/',
    elsewhere: 'warning',
    check: eachObject('Ingress', function* (ingress, platform) {
      const target = ingress.annotation(`${PREFIX}rewrite-target`);
      const groups = [...(target?.text ?? '').matchAll(/\$(\d)/g)].map(([, number]) => Number(number));
      const last = Math.max(0, ...groups);
      const isOfNginx = /nginx/.test(ingress.at('spec', 'ingressClassName').text ?? '');
      const readsPatterns =
        !isOfNginx || ofF5(ingress) || hostsOf(ingress).some((host) => patternHosts(platform).has(host));
      const paths = ingress.all('spec', 'rules', '*', 'http', 'paths', '*', 'path');
      // Beside a path with groups, one without leads to the root on purpose.
      const isLost = paths.every((path) => groupsOf(path) < last);
      for (const at of paths) {
        const known = groupsOf(at);
        if (isLost) {
          const message = `the rewrite takes $${last} of path ${at.text}, which has ${known} groups`;
          yield { at, message, fix: 'Write the path with the group: /cart(/|$)(.*).' };
        } else if (!readsPatterns && /[(*[\\^$]/.test(at.text ?? '')) {
          const message = `path ${at.text} is a pattern, and ingress-nginx takes it for a text`;
          yield { at, message, fix: `Set the annotation ${PREFIX}use-regex: "true".` };
        }
      }
    }),
  },
});

/** Hosts of which ingress-nginx reads every path as a pattern: one Ingress that asks for it is enough. */
const patternHosts = oncePerPlatform((platform) => {
  const asking = platform
    .ofKind('Ingress')
    .filter(
      (one) =>
        one.annotation(`${PREFIX}rewrite-target`)?.exists || one.annotation(`${PREFIX}use-regex`)?.text === 'true',
    );
  return new Set(asking.flatMap(hostsOf));
});

/** The hosts of the rules; `*` for a rule without one. */
function hostsOf(ingress: Resource): readonly string[] {
  return ingress.at('spec', 'rules').items.map((rule) => rule.at('host').text ?? '*');
}

/** The controller of F5 is of class nginx too, and has annotations of its own. */
function ofF5(ingress: Resource): boolean {
  return Object.keys(ingress.annotations).some((key) => /^nginx\.(org|com)\//.test(key));
}

/** How many parts of a path a pattern keeps. */
function groupsOf({ text = '' }: Field): number {
  return (text.match(/(?<!\\)\((?!\?)/g) ?? []).length;
}
