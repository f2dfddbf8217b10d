import { FAMILIES, RULES } from '../../guardrails/registry.ts';
import type { Rule } from '../../guardrails/rule.ts';

/** The rules of each family as a list, for the page about the guardrails. */
export function ruleBlocks(): readonly (readonly [block: string, text: string])[] {
  return FAMILIES.map((family) => [`rules-${family}`, RULES[family].map(describe).join('\n')]);
}

function describe({ id, title, rationale, severity = 'error', elsewhere, docs }: Rule): string {
  const weaker = elsewhere === undefined ? [] : [`${elsewhere} where no environment declares itself`];
  const gravity = [...(severity === 'error' ? [] : [severity]), ...weaker].join(', ');
  return `- **\`${id}\`**${gravity && ` (${gravity})`}: ${title}. ${rationale} [Documentation](${docs})`;
}
