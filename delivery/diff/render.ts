import { RISK_LEVELS, type RiskLevel } from './compare.ts';
import type { Report } from './report.ts';

/** What is loud of a heading, and the rest of it. */
const HEADINGS: Readonly<Record<RiskLevel, readonly [loud: string, rest: string]>> = {
  danger: ['Danger', ': may lose data, or will not apply'],
  caution: ['Look twice', ': a guard or a capacity goes, or access widens'],
  rollout: ['Rollouts', ' that this will cause'],
};

export function renderConsole(report: Report): string {
  const lines = [`${report.title}: ${report.summary}`];
  for (const level of RISK_LEVELS) {
    const risks = report.riskGroups.filter((risk) => risk.level === level);
    const [loud, rest] = HEADINGS[level];
    if (risks.length > 0) lines.push('', `${loud.toUpperCase()}${rest}`);
    for (const [index, { objects, message, advice }] of risks.entries()) {
      lines.push(...objects.slice(0, -1).map((object) => `  ! ${object}`), `  ! ${objects.at(-1) ?? ''} ${message}`);
      if (risks[index + 1]?.advice !== advice) lines.push(`      ${advice}`);
    }
  }
  const { added, removed } = report.headings;
  lines.push(...section(headingOf(added), '+', report.added), ...section(headingOf(removed), '-', report.removed));
  if (report.changed.length > 0) lines.push('', 'CHANGED');
  for (const { objects, fields } of report.changed) {
    lines.push(...objects.map((object) => `  ~ ${object}`), ...fields.map((field) => `      ${field}`));
  }
  return `${lines.join('\n')}\n`;
}

/** For a program: as it is read, without the objects behind it, which may hold secrets. */
export function renderJson({ risks: _, ...shown }: Report): string {
  return `${JSON.stringify(shown, null, 2)}\n`;
}

/** Only what happens is loud: `REMOVED, to prune`. */
function headingOf(heading: string): string {
  const [first = '', ...rest] = heading.split(',');
  return [first.toUpperCase(), ...rest].join(',');
}

function section(heading: string, sign: string, objects: readonly string[]): readonly string[] {
  return objects.length === 0 ? [] : ['', heading, ...objects.map((object) => `  ${sign} ${object}`)];
}

/** GitHub refuses comments above 65,536 characters. */
const LONGEST_COMMENT = 60_000;

/** The first line by which a workflow finds its own comment again. */
export const COMMENT_MARK = '<!-- dist-diff -->';

/** The report for a pull-request comment. Values come from manifests: they are escaped, so none can forge a heading or a link. */
export function renderMarkdown(report: Report): string {
  const lines = [COMMENT_MARK, `## ${escaped(report.title)}`, '', `**${escaped(report.summary)}**`];
  for (const level of RISK_LEVELS) {
    const risks = report.riskGroups.filter((risk) => risk.level === level);
    if (risks.length > 0)
      lines.push('', `### ${HEADINGS[level].join('')}`, '', '| object | what happens | what to do |', '|---|---|---|');
    for (const { objects, message, advice } of risks)
      lines.push(`| ${objects.map(code).join('<br/>')} | ${cell(message)} | ${cell(advice)} |`);
  }
  lines.push(...listed(report.headings.added, report.added), ...listed(report.headings.removed, report.removed));
  if (report.changed.length > 0) lines.push('', `<details><summary>Every changed field</summary>`, '');
  for (const { objects, fields } of report.changed) {
    lines.push(...objects.map((object) => `- ${code(object)}`), ...fields.map((field) => `  - ${code(field)}`));
  }
  if (report.changed.length > 0) lines.push('', '</details>');
  return shorten(lines);
}

function listed(heading: string, objects: readonly string[]): readonly string[] {
  return objects.length === 0
    ? []
    : [
        '',
        `### ${heading.charAt(0).toUpperCase()}${heading.slice(1)}`,
        '',
        ...objects.map((object) => `- ${code(object)}`),
      ];
}

function shorten(lines: readonly string[]): string {
  const whole = `${lines.join('\n')}\n`;
  if (whole.length <= LONGEST_COMMENT) return whole;
  const cut = whole.lastIndexOf('\n', LONGEST_COMMENT);
  const open = whole.slice(0, cut).includes('<details>') ? '\n\n</details>' : '';
  return `${whole.slice(0, cut)}${open}\n\nThe rest is too long for a comment: run \`npm run diff\` locally.\n`;
}

function code(text: string): string {
  return `<code>${cell(text)}</code>`;
}

function cell(text: string): string {
  return escaped(text).replaceAll('|', '&#124;').replaceAll('\n', ' ');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('`', '&#96;')
    .replaceAll('*', '&#42;')
    .replaceAll('[', '&#91;')
    .replaceAll('_', '&#95;')
    .replaceAll('@', '&#64;');
}
