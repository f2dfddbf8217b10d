import { objectOf } from './compare.ts';
import type { Report } from './report.ts';
import { RISK_LEVELS, type RiskLevel } from './risk.ts';
import { titleOf } from './snapshot.ts';

const HEADINGS: Readonly<Record<RiskLevel, string>> = {
  danger: 'DANGER: may lose data, or will not apply',
  caution: 'LOOK TWICE: a guard or a capacity goes, or access widens',
  rollout: 'ROLLOUTS that this will cause',
};

/** The report for a terminal. */
export function renderConsole(report: Report): string {
  const lines = [`${report.title}: ${report.summary}`];
  for (const level of RISK_LEVELS) {
    const risks = report.risks.filter((risk) => risk.level === level);
    if (risks.length > 0) lines.push('', HEADINGS[level]);
    for (const { change, message, advice } of risks)
      lines.push(`  ! ${titleOf(objectOf(change))} ${message}`, `      ${advice}`);
  }
  lines.push(...section('ADDED', '+', report.added), ...section('REMOVED, to prune', '-', report.removed));
  if (report.changed.length > 0) lines.push('', 'CHANGED');
  for (const { objects, fields } of report.changed) {
    lines.push(...objects.map((object) => `  ~ ${object}`), ...fields.map((field) => `      ${field}`));
  }
  return `${lines.join('\n')}\n`;
}

function section(heading: string, sign: string, objects: readonly string[]): readonly string[] {
  return objects.length === 0 ? [] : ['', heading, ...objects.map((object) => `  ${sign} ${object}`)];
}
