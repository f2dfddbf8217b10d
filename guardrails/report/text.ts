import { styleText } from 'node:util';
import type { Finding, Severity } from '../finding.ts';
import { countFindings, plural, type Scope, sortFindings } from './summary.ts';

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const STYLES = { error: 'red', warning: 'yellow', note: 'blue' } as const satisfies Record<Severity, Style>;

/** The report for people: by file, the gravest first, each finding with its place, its object, why it matters and what to do. */
export function formatText(findings: readonly Finding[], scope: Scope, colour: boolean): string {
  const paint: Paint = (style, text) => (colour ? styleText(style, text) : text);
  const given = `${plural(scope.objects, 'object')} in ${plural(scope.files, 'file')} against ${plural(scope.rules, 'rule')}`;
  const files = [...new Set(findings.map(({ file }) => file))];
  const sections = files.map((file) => {
    const own = sortFindings(findings.filter((finding) => finding.file === file));
    return [paint('underline', file), '', ...own.map((finding) => formatFinding(finding, paint))].join('\n');
  });
  const verdict = findings.length === 0 ? paint('green', 'nothing found') : paint('bold', countFindings(findings));
  return [...sections, `${verdict} (${given})`, ''].join('\n');
}

function formatFinding(finding: Finding, paint: Paint): string {
  const place = finding.line === undefined ? '' : `:${finding.line}:${finding.column}`;
  const object = `${finding.kind} ${finding.namespace === '' ? '' : `${finding.namespace}/`}${finding.name}`;
  const construct = finding.construct === undefined ? [] : [`${label('built by', paint)}${finding.construct}`];
  return [
    `  ${paint(['bold', STYLES[finding.severity]], finding.severity)}  ${paint('bold', object)}  ${paint('dim', finding.rule)}`,
    `    ${paint('cyan', `${finding.file}${place}`)}${finding.path === '' ? '' : `  ${finding.path}`}`,
    `    ${finding.message}`,
    `${label('why', paint)}${finding.why}`,
    `${label('fix', paint)}${finding.fix}`,
    ...construct,
    '',
  ].join('\n');
}

function label(text: string, paint: Paint): string {
  return `    ${paint('dim', text)} `;
}
