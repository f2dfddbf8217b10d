import type { Field } from '../../field.ts';
import { eachObject, rules } from '../../rule.ts';

const PREFIX = 'nginx.ingress.kubernetes.io/';

export const rewritesRules = rules({
  'rewrites-fit-paths': {
    title: 'Paths of ingress-nginx are patterns where it reads them so, with the groups that a rewrite takes from them',
    rationale: 'The admission of ingress-nginx refuses the path, or every request is rewritten to the same one.',
    docs: 'https://kubernetes.github.io/ingress-nginx/examples/rewrite/',
    elsewhere: 'warning',
    check: eachObject('Ingress', function* (ingress) {
      const [target, isPattern] = ['rewrite-target', 'use-regex'].map((key) => ingress.annotation(`${PREFIX}${key}`));
      const groups = [...(target?.text ?? '').matchAll(/\$(\d)/g)].map(([, number]) => Number(number));
      const last = Math.max(0, ...groups);
      const isOfNginx = /nginx/.test(ingress.at('spec', 'ingressClassName').text ?? '');
      const readsPatterns = target?.exists || isPattern?.text === 'true' || !isOfNginx;
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

/** How many parts of a path a pattern keeps. */
function groupsOf({ text = '' }: Field): number {
  return (text.match(/(?<!\\)\((?!\?)/g) ?? []).length;
}
