import type { Report } from './report.ts';
import { RISK_LEVELS, type RiskLevel } from './risk.ts';

const HEADINGS: Readonly<Record<RiskLevel, string>> = {
  danger: 'DANGER: may lose data, or will not apply',
  caution: 'LOOK TWICE: a guard or a capacity goes, or access widens',
  rollout: 'ROLLOUTS that this will cause',
};

/** The report for a terminal. */
export function renderConsole(report: Report): string {
  const lines = [`${report.title}: ${report.summary}`];
  for (const level of RISK_LEVELS) {
    const risks = report.riskGroups.filter((risk) => risk.level === level);
    if (risks.length > 0) lines.push('', HEADINGS[level]);
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

/** Only what happens is loud: `REMOVED, to prune`. */
function headingOf(heading: string): string {
  const [first = '', ...rest] = heading.split(',');
  return [first.toUpperCase(), ...rest].join(',');
}

function section(heading: string, sign: string, objects: readonly string[]): readonly string[] {
  return objects.length === 0 ? [] : ['', heading, ...objects.map((object) => `  ${sign} ${object}`)];
}
