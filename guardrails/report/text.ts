import { styleText } from 'node:util';
import { groupBy } from '../platform.ts';
import type { Finding, Rule, Severity } from '../rule.ts';

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const STYLES = { error: 'red', warning: 'yellow', note: 'blue' } as const satisfies Record<Severity, Style>;

/** Up to so many findings are shown whole; more are grouped by their rule, with so many places of each. */
const WHOLE_AT_MOST = 30;
const PLACES_AT_MOST = 5;
const FILES_AT_MOST = 10;

/** The report for people: what is found, where, why it matters and what to do; the gravest first, and the counts last. */
export function formatText(findings: readonly Finding[], report: Omit<Report, 'format'>): string {
  const paint: Paint = (style, text) => (report.colour ? styleText(style, text) : text);
  const given = `${plural(report.objects, 'object')} in ${plural(report.files, 'file')} against ${plural(report.rules.length, 'rule')}`;
  const isWhole = report.all || findings.length <= WHOLE_AT_MOST;
  const sections = isWhole
    ? fileSections(findings, paint)
    : [...ruleSections(findings, paint), ...summary(findings, paint)];
  const verdict = findings.length === 0 ? paint('green', 'nothing found') : paint('bold', countFindings(findings));
  return [...sections, `${verdict} (${given})`, ''].join('\n');
}

function fileSections(findings: readonly Finding[], paint: Paint): readonly string[] {
  return byKey(findings, ({ file }) => file).map(([file, own]) =>
    [paint('underline', file), '', ...sortFindings(own).map((finding) => formatFinding(finding, paint))].join('\n'),
  );
}

function ruleSections(findings: readonly Finding[], paint: Paint): readonly string[] {
  const groups = byKey(sortFindings(findings), ({ severity, rule }) => `${severity} ${rule}`);
  return groups.map(([, own]) => {
    const [first] = own;
    if (!first) return '';
    const places = own
      .slice(0, PLACES_AT_MOST)
      .map((finding) => `    ${paint('cyan', placeOf(finding))}  ${objectOf(finding)}${finding.message}`);
    const rest = own.length - places.length;
    return [
      `${paint(['bold', STYLES[first.severity]], first.severity)}  ${paint('bold', first.rule)}  ${plural(own.length, 'time')}`,
      `${label('why', paint)}${first.why}`,
      `${label('fix', paint)}${first.fix}`,
      ...places,
      ...(rest > 0
        ? [`    ${paint('dim', `and ${rest} more in ${plural(new Set(own.map(({ file }) => file)).size, 'file')}`)}`]
        : []),
      '',
    ].join('\n');
  });
}

/** The files with most findings, and how to see the rest. */
function summary(findings: readonly Finding[], paint: Paint): readonly string[] {
  const files = byKey(findings, ({ file }) => file).toSorted(([, one], [, other]) => other.length - one.length);
  const rest = files.length - FILES_AT_MOST;
  return [
    paint('underline', 'by file'),
    ...files.slice(0, FILES_AT_MOST).map(([file, own]) => `  ${file}: ${countFindings(own)}`),
    ...(rest > 0 ? [`  and ${plural(rest, 'more file')}`] : []),
    '',
    'Every finding: --all or --format json. Only what is new from now on: --write-baseline FILE, then --baseline FILE.',
    '',
  ];
}

function formatFinding(finding: Finding, paint: Paint): string {
  const construct = finding.construct === undefined ? [] : [`${label('built by', paint)}${finding.construct}`];
  const object = objectOf(finding).slice(0, -2);
  return [
    `  ${paint(['bold', STYLES[finding.severity]], finding.severity)}  ${object === '' ? '' : `${paint('bold', object)}  `}${paint('dim', finding.rule)}`,
    `    ${paint('cyan', placeOf(finding))}${finding.path === '' ? '' : `  ${finding.path}`}`,
    `    ${finding.message}`,
    `${label('why', paint)}${finding.why}`,
    `${label('fix', paint)}${finding.fix}`,
    ...construct,
    '',
  ].join('\n');
}

function placeOf({ file, line, column }: Finding): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

function label(text: string, paint: Paint): string {
  return `    ${paint('dim', text)} `;
}

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

const ORDER: readonly Severity[] = ['error', 'warning', 'note'];

/** `2 errors, 1 warning`. */
export function countFindings(findings: readonly Finding[]): string {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const counts = ORDER.flatMap((severity) => (count(severity) > 0 ? plural(count(severity), severity) : []));
  return counts.join(', ');
}

/** `1 file`, `2 files`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `Deployment shop/cart: `; nothing for a finding about a whole file. */
export function objectOf({ kind, namespace, name }: Pick<Finding, 'kind' | 'namespace' | 'name'>): string {
  return kind === '' ? '' : `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}: `;
}

/** Findings by something that they share, in the order in which it first occurs. */
export function byKey(
  findings: readonly Finding[],
  key: (finding: Finding) => string,
): readonly (readonly [string, readonly Finding[]])[] {
  return [...groupBy(findings, key)];
}

/** Errors first, then by place. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted(
    (a, b) =>
      ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
