import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.ts';
import { allRules, FAMILIES, type Family, RULES } from './registry.ts';
import type { Rule } from './rule.ts';

const ABOUT: Readonly<Record<Family, string>> = {
  judge: 'What Kubernetes, Prometheus and Alertmanager say themselves, where the judge is built.',
  schema: 'Every object as the API server would judge it.',
  references: 'Everything that names something names something that is there.',
  capacity: 'What the platform may ask for fits what it is given.',
  availability: 'One node, one pod or one rollout less is never an outage.',
  lifecycle: 'Pods start, stop and are replaced without losing a request.',
  network: 'Who may talk to whom, evaluated from the policies.',
  security: 'What a pod may do, what it runs, and what it may know.',
  observability: 'Rules and dashboards ask for what somebody measures.',
  exemptions: 'What is exempt, and why.',
};

/** docs/reference/guardrails.md, from the rules themselves. */
export function guardrailsPage(): string {
  const sections = FAMILIES.map(
    (family) => `## ${title(family)}\n\n${ABOUT[family]}\n\n${RULES[family].map(describe).join('\n')}`,
  );
  return `${[INTRODUCTION, ...sections, history()].join('\n\n')}\n`;
}

const INTRODUCTION = `# Guardrails

<!-- Generated from guardrails/ by \`npm run docs:guardrails\`; edit the rules, not this page. -->

The rules that \`npm run synth\` holds this platform to, and that \`npm run validate -- PATH...\` holds any manifests to, whatever wrote them:

\`\`\`sh
npm run validate -- dist/
helm template shop ./chart | npm run --silent validate -- -
npm run validate -- --format sarif manifests/ > guardrails.sarif
\`\`\`

Everything given is judged together, as one platform. It ends with 0 when nothing but notes is found, 1 when something is, 2 when the input
cannot be used. An \`error\` also stops synthesis; a \`warning\` does not.

**Exemptions.** An object is exempted from a rule by an annotation that gives the reason, such as
\`exempt.guardrails/image-digest: the registry of this mirror keeps tags immutable\`. Without a reason, or where the rule holds anyway, the exemption
is itself a finding.

**Declarations.** Some rules need what the Kubernetes API has no field for: an environment's budget and promises, a singleton's accepted outage,
the metrics that a workload exposes. They travel as annotations, listed with their formats in \`guardrails/annotations.ts\`; where they are absent, the rules that need them
say nothing.`;

function describe({ id, title: what, rationale, severity = 'error', elsewhere, docs }: Rule): string {
  const weaker = elsewhere === undefined ? '' : ` (${elsewhere} where no environment declares itself)`;
  const gravity = severity === 'error' ? weaker : ` (${severity})`;
  return `- **\`${id}\`**${gravity}: ${what}. ${rationale} [Documentation](${docs})`;
}

function title(family: Family): string {
  return family === 'lifecycle' ? 'Life cycle' : `${family[0]?.toUpperCase()}${family.slice(1)}`;
}

/** What the rules before the judge became, from history.json, and those that came since. */
function history(): string {
  const text = readFileSync(join(ROOT, 'guardrails/history.json'), 'utf8');
  const became = JSON.parse(text) as Readonly<Record<string, string>>;
  const added = allRules().filter(({ id }) => became[id] === undefined && !text.includes(`kept as ${id}"`));
  const rows = [...Object.entries(became), ...added.map(({ id }) => [id, 'new'] as const)];
  const table = ['| rule | became |', '|---|---|', ...rows.map(([id, fate]) => `| \`${id}\` | ${fate} |`)].join('\n');
  const about = 'When the judge came, rules that it answers went; what it cannot know stayed, and more came.';
  return `## What became of each rule\n\n${about}\n\n${table}`;
}
