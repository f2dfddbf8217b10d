import type { Alert } from '../../plan/alert.ts';
import type { MonitoringContext, Plan } from '../../plan/part.ts';
import { ruleGroups } from '../rules/rule-groups.ts';
import { type AlertFamily, runbookPage } from './runbook-page.ts';

/** Every page of docs/runbooks/ by file name, given what the folder holds now: hand-written parts stay as they are. */
export function runbookFiles(
  plans: readonly Plan[],
  existing: (file: string) => string | null,
): ReadonlyMap<string, string> {
  const families = alertFamilies(plans.flatMap(({ monitoring }) => monitoring ?? []));
  return new Map([
    ['README.md', runbookIndex(families)],
    ...families.map((family): [string, string] => [
      `${family.name}.md`,
      runbookPage(family, existing(`${family.name}.md`)),
    ]),
  ]);
}

/** Every alert name of every environment, once; where several have it, the last one (production) is shown. */
function alertFamilies(watches: readonly MonitoringContext[]): AlertFamily[] {
  const families = new Map<string, AlertFamily>();
  for (const context of watches) {
    for (const [name, rules] of rulesByName(context)) families.set(name, { name, rules, context });
  }
  return [...families.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function rulesByName(context: MonitoringContext): Map<string, Alert[]> {
  const byName = new Map<string, Alert[]>();
  for (const alert of ruleGroups(context).flatMap((group) => group.alerts)) {
    byName.set(alert.name, [...(byName.get(alert.name) ?? []), alert]);
  }
  return byName;
}

/** The list of all pages, by severity. */
function runbookIndex(families: readonly AlertFamily[]): string {
  const lines = (severity: string) =>
    families
      .filter(({ rules }) => rules[0]?.severity === severity)
      .map(({ name, rules }) => `| [${name}](${name}.md) | ${firstSentence(rules[0]?.description ?? '')} |`);
  return [
    '# Runbooks',
    '',
    'One page per alert. `npm run synth` generates the upper part of each from the alert in `charts/`; the lower part is written by hand and kept.',
    'Commands name objects of production; in staging the namespaces are `quotes-staging` and `quotes-staging-monitoring`.',
    '',
    '## Pages',
    '',
    '| alert | when |',
    '|---|---|',
    ...lines('critical'),
    '',
    '## Tickets',
    '',
    '| alert | when |',
    '|---|---|',
    ...lines('warning'),
    '',
    '## Heartbeat',
    '',
    '| alert | when |',
    '|---|---|',
    ...lines('none'),
    '',
  ].join('\n');
}

function firstSentence(text: string): string {
  return text.split(/(?<=\.)\s|;\s/)[0] ?? text;
}
