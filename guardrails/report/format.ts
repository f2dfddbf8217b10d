import type { Finding } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { formatGithub, formatJunit } from './ci.ts';
import { formatSarif } from './sarif.ts';
import { formatText } from './text.ts';

/** How a report is written. */
export interface Report {
  readonly format: string;
  readonly objects: number;
  readonly files: number;
  readonly rules: readonly Rule[];
  readonly colour: boolean;
  /** Every finding whole, however many there are. */
  readonly all: boolean;
}

/** The findings in the format that was asked for. */
export function format(findings: readonly Finding[], report: Report): string {
  switch (report.format) {
    case 'json':
      return `${JSON.stringify(findings, null, 2)}\n`;
    case 'sarif':
      return formatSarif(findings, report.rules);
    case 'github':
      return formatGithub(findings);
    case 'junit':
      return formatJunit(findings);
    default:
      return formatText(findings, report);
  }
}
