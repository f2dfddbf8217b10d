import type { AlertFamily } from './runbook-page.ts';

/** The list of all pages, by severity. */
export function runbookIndex(families: readonly AlertFamily[]): string {
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
