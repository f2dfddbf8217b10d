import type { Rule } from '../../rule.ts';
import { suggest } from '../../suggest.ts';

const LABEL = /^pod-security\.kubernetes\.io\/(enforce|audit|warn)(-version)?$/;
const PREFIX = 'pod-security.kubernetes.io/';
const MODES = ['enforce', 'audit', 'warn'].flatMap((mode) => [mode, `${mode}-version`]);
const LEVELS = ['privileged', 'baseline', 'restricted'];

export const podSecurityLabels: Rule = {
  id: 'pod-security-labels',
  title: 'The Pod Security labels of a namespace name a mode, a level and a version that exist',
  rationale:
    'A level or version that does not exist is refused, or on an older namespace read as restricted; a misspelt mode enforces nothing.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces',
  *check(platform) {
    for (const namespace of platform.ofKind('Namespace')) {
      for (const [key, at] of namespace.at('metadata', 'labels').entries) {
        if (!key.startsWith(PREFIX) || at.text === undefined) continue;
        const wrong = whatIsWrong(key, at.text);
        if (wrong) yield { at, ...wrong };
      }
    }
  },
};

function whatIsWrong(key: string, value: string): { readonly message: string; readonly fix: string } | undefined {
  const match = LABEL.exec(key);
  if (!match) {
    const meant = suggest(key.slice(PREFIX.length), MODES);
    return {
      message: `there is no mode ${key.slice(PREFIX.length)}`,
      fix: meant === undefined ? `Name one of ${MODES.join(', ')}.` : `Did you mean ${meant}?`,
    };
  }
  if (match[2] !== undefined) {
    if (/^(latest|v1\.\d+)$/.test(value)) return undefined;
    return { message: `"${value}" is no version of the standards`, fix: 'Write latest, or a version such as v1.28.' };
  }
  if (LEVELS.includes(value)) return undefined;
  return { message: `"${value}" is no level`, fix: `Write one of ${LEVELS.join(', ')}.` };
}
