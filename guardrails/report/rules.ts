import { FAMILIES, RULES } from '../registry.ts';
import type { Rule } from '../rule.ts';

/** Every rule on a line, by family. */
export function formatList(): string {
  const width = Math.max(...FAMILIES.flatMap((family) => RULES[family].map(({ id }) => id.length)));
  const lines = FAMILIES.flatMap((family) => [
    '',
    family,
    ...RULES[family].map(({ id, title }) => `  ${id.padEnd(width)}  ${title}`),
  ]);
  return `${lines.slice(1).join('\n')}\n`;
}

/** One rule, whole. */
export function formatRule(rule: Rule): string {
  const lines = [`${rule.id} (${rule.severity})`, '', rule.title, '', `Why: ${rule.rationale}`, `See: ${rule.docs}`];
  return `${lines.join('\n')}\n`;
}
