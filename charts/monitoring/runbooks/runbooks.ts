import { groupBy } from '../../constructs/lists.ts';
import type { Alert } from '../../plan/alert.ts';
import { monitoringNamespaceOf } from '../../plan/environment.ts';
import type { MonitoringContext, Plan } from '../../plan/part.ts';
import { INHIBITIONS } from '../alertmanager/config.ts';
import { dashboardUid, dashboardUrl } from '../links.ts';
import { ruleGroups } from '../rules/rule-groups.ts';

/** Every page of docs/runbooks/ by file name, given what the folder holds now: hand-written parts stay as they are. */
export function runbookFiles(
  plans: readonly Plan[],
  existing: (file: string) => string | null,
): ReadonlyMap<string, string> {
  const families = alertFamilies(plans.flatMap(({ monitoring }) => monitoring ?? []));
  return new Map([
    ['README.md', runbookIndex(families, plans)],
    ...families.map((family): [string, string] => [
      `${family.name}.md`,
      runbookPage(family, existing(`${family.name}.md`)),
    ]),
  ]);
}

/** Every alert name of every environment, once; where several have it, the last one (production) is shown. */
function alertFamilies(watches: readonly MonitoringContext[]): AlertFamily[] {
  const all = watches.flatMap((context) => {
    const alerts = ruleGroups(context).flatMap((group) => group.alerts);
    return [...groupBy(alerts, ({ name }) => name)].map(([name, rules]): AlertFamily => ({ name, rules, context }));
  });
  return [...new Map(all.map((family) => [family.name, family])).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Where the objects are in the environments that the commands of the pages do not name. */
function elsewhere(plans: readonly Plan[]): string {
  const watched = plans.flatMap(({ monitoring, environment }) => (monitoring === null ? [] : environment));
  const places = watched.slice(0, -1).map((environment) => {
    const namespaces = `\`${environment.namespace}\` and \`${monitoringNamespaceOf(environment)}\``;
    return `; in ${environment.name} the namespaces are ${namespaces}`;
  });
  return `Commands name objects of ${watched.at(-1)?.name}${places.join('')}.`;
}

function runbookIndex(families: readonly AlertFamily[], plans: readonly Plan[]): string {
  const table = (severity: string) => {
    const found = families.filter(({ rules: [first] }) => first.severity === severity);
    const lines = found.map(
      ({ name, rules: [first] }) => `| [${name}](${name}.md) | ${firstSentence(first.description)} |`,
    );
    return ['', '| alert | when |', '|---|---|', ...lines, ''];
  };
  return [
    '# Runbooks',
    '',
    'One page per alert. `npm run synth` generates the upper part of each from the alert in `charts/`; the lower part is written by hand and kept.',
    elsewhere(plans),
    '',
    '## Pages',
    ...table('critical'),
    '## Tickets',
    ...table('warning'),
    '## Heartbeat',
    ...table('none'),
  ].join('\n');
}

function firstSentence(text: string): string {
  return text.split(/(?<=\.)\s|;\s/)[0] ?? text;
}

const START = '<!-- generated: start. Edit the alert in charts/, then `npm run synth` -->';
const END = '<!-- generated: end. What follows is written by hand and kept -->';

/** The headings of the part that people write; a page without one of them is not finished. */
export const HAND_WRITTEN = ['## Likely causes', '## What to do', '## When to escalate'] as const;

export interface AlertFamily {
  readonly name: string;
  readonly rules: readonly [Alert, ...Alert[]];
  readonly context: MonitoringContext;
}

/** The page of an alert: what generation knows, then what the page already said by hand. */
export function runbookPage(family: AlertFamily, existing: string | null): string {
  return `# ${family.name}\n\n${START}\n${generatedPart(family)}${END}\n${handWrittenPart(existing)}`;
}

function generatedPart({ rules, context }: AlertFamily): string {
  const [first] = rules;
  const services = [...new Set(rules.map((rule) => rule.service))].filter((service) => !service.includes('{{'));
  return [
    '',
    `| | |`,
    `|---|---|`,
    `| severity | ${severityText(first)} |`,
    `| fires | when it holds for ${first.for}${keepsFiring(first)} |`,
    `| about | ${services.length === 0 ? 'any workload of the environment' : services.join(', ')} |`,
    `| dashboard | ${dashboards(rules, context)} |`,
    `| hidden by | ${hiddenBy(first)} |`,
    '',
    first.description,
    '',
    `The expression in ${context.environment}${rules.length > 1 ? `, of ${rules.length} alike the one of ${first.service}` : ''}:`,
    '',
    '```promql',
    first.expr,
    '```',
    '',
    `[Open the dashboard](${dashboardUrl(first.dashboard, context)}). Where nothing publishes Grafana: \`kubectl -n ${context.monitoringNamespace ?? context.namespace} port-forward service/grafana 3000\`, then the same path on \`http://127.0.0.1:3000\`.`,
    '',
  ].join('\n');
}

function keepsFiring({ keepFiringFor }: Alert): string {
  return keepFiringFor === undefined ? '' : `, and ${keepFiringFor} longer, to hide what fades more slowly`;
}

function severityText({ severity }: Alert): string {
  return { critical: '**critical**: pages', warning: 'warning: a ticket', none: 'none: a heartbeat' }[severity];
}

function dashboards(rules: readonly Alert[], { project }: MonitoringContext): string {
  return [...new Set(rules.map((rule) => `\`${dashboardUid(rule.dashboard, project)}\``))].join(', ');
}

function hiddenBy(alert: Alert): string {
  const hiding = INHIBITIONS.filter(({ source, target }) => {
    const self = source.some((matcher) => matches(matcher, { alertname: alert.name }));
    return !self && target.every((matcher) => matches(matcher, labelsOf(alert)));
  }).map(({ source, equal }) =>
    `${source.join(' ')} of the same ${equal.join(', ')}`.replaceAll('"', '`').replaceAll('=`', ' `'),
  );
  return hiding.length === 0 ? 'nothing' : hiding.join('; ').replaceAll('|', ', ');
}

function labelsOf({ name, severity, symptom, service }: Alert): Record<string, string> {
  return { alertname: name, severity, symptom, service };
}

function matches(matcher: string, labels: Readonly<Record<string, string>>): boolean {
  const [, label = '', operator = '', value = ''] = /^(\w+)(=~|=)"(.*)"$/.exec(matcher) ?? [];
  const given = labels[label] ?? '';
  return operator === '=' ? given === value : value.split('|').includes(given);
}

/** What stands below the generated part; headings to fill in for a new page. */
function handWrittenPart(existing: string | null): string {
  const end = existing?.indexOf(END) ?? -1;
  if (existing !== null && end >= 0) return existing.slice(end + END.length + 1);
  return HAND_WRITTEN.map((heading) => `\n${heading}\n`).join('');
}
