import type { Rule } from '../../rule.ts';

export const routePaths: Rule = {
  id: 'route-paths',
  title: 'Paths of an Ingress begin with a slash',
  rationale:
    'The API server refuses the Ingress where the path type is Exact or Prefix; elsewhere the path matches nothing.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types',
  *check(platform) {
    for (const ingress of platform.ofKind('Ingress')) {
      for (const route of ingress.at('spec', 'rules').items.flatMap((rule) => rule.at('http', 'paths').items)) {
        const at = route.at('path');
        const strict = /^(Exact|Prefix)$/.test(route.at('pathType').text ?? '');
        if (!strict || at.text === undefined || at.text.startsWith('/')) continue;
        yield { at, message: `the path "${at.text}" is not absolute`, fix: `Write /${at.text}.` };
      }
    }
  },
};
