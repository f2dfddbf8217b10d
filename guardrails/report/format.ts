import type { Log, Result } from 'sarif';
import { RULES } from '../registry.ts';
import { type Finding, keyOf, type Rule } from '../rule.ts';
import { byKey, formatText, objectOf, type Report } from './text.ts';

/** The findings in the format that was asked for. */
export function format(findings: readonly Finding[], report: Report): string {
  switch (report.format) {
    case 'json':
      return `${JSON.stringify(findings, null, 2)}\n`;
    case 'sarif':
      return formatSarif(findings, report.rules);
    case 'github':
      return formatGithub(findings.map(onOneLine));
    case 'junit':
      return formatJunit(findings.map(onOneLine));
    default:
      return formatText(findings.map(onOneLine), report);
  }
}

/** What manifests hold could move a cursor, or begin a line that a CI server takes for a command: it stands as text, on one line. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

function onOneLine(finding: Finding): Finding {
  const { file, name, namespace, kind, path, message, fix } = finding;
  const texts = Object.entries({ file, name, namespace, kind, path, message, fix });
  return { ...finding, ...Object.fromEntries(texts.map(([key, text]) => [key, oneLine(text)])) };
}

const COMMANDS = { error: 'error', warning: 'warning', note: 'notice' } as const;

/** Workflow commands of GitHub Actions: each finding appears at its line in the pull request. */
export function formatGithub(findings: readonly Finding[]): string {
  return findings
    .map(({ severity, file, line, column, rule, message, fix, ...object }) => {
      const place = { file, line, col: column, title: rule };
      const properties = Object.entries(place).flatMap(([key, value]) =>
        value === undefined ? [] : `${key}=${property(value)}`,
      );
      return `::${COMMANDS[severity]} ${properties.join(',')}::${data(`${objectOf(object)}${message}. ${fix}`)}\n`;
    })
    .join('');
}

/** The escapes of https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(value: string | number): string {
  return data(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** JUnit's XML, as CI servers read it: a suite a file, a failed test a finding; notes are no failures. */
export function formatJunit(findings: readonly Finding[]): string {
  const suites = byKey(findings, ({ file }) => file).flatMap(([file, own]) => {
    const failures = own.filter(({ severity }) => severity !== 'note').length;
    const head = `  <testsuite name="${xml(file)}" tests="${own.length}" failures="${failures}">`;
    return [head, ...own.map(testCase), '  </testsuite>'];
  });
  const head = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="guardrails">'];
  return [...head, ...suites, '</testsuites>', ''].join('\n');
}

function testCase({ file, line, rule, severity, message, fix, why, path, ...object }: Finding): string {
  const name = xml(`${objectOf(object)}${path}`);
  const text = xml(`${file}${line === undefined ? '' : `:${line}`}\n${why}\n${fix}`);
  const head = `    <testcase classname="${xml(rule)}" name="${name}">`;
  if (severity === 'note') return `${head}<system-out>${xml(message)}\n${text}</system-out></testcase>`;
  return `${head}<failure type="${severity}" message="${xml(message)}">${text}</failure></testcase>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Control characters have no place in XML, not even escaped. */
function xml(text: string): string {
  return text
    .replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}

/** SARIF 2.1.0, as code scanning reads it. Paths are relative to the folder in which the command ran. */
export function formatSarif(findings: readonly Finding[], rules: readonly Rule[]): string {
  const described = rules.map((rule) => ({
    id: rule.id,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.rationale },
    helpUri: rule.docs,
    defaultConfiguration: { level: rule.severity ?? 'error' },
  }));
  const results = findings.map((finding) => toResult(finding, rules));
  const tool = { driver: { name: 'guardrails', rules: described } };
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool, columnKind: 'utf16CodeUnits', results }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function toResult(finding: Finding, rules: readonly Rule[]): Result {
  const region =
    finding.line === undefined ? {} : { region: { startLine: finding.line, startColumn: finding.column ?? 1 } };
  const object = keyOf(finding);
  return {
    ruleId: finding.rule,
    ruleIndex: rules.findIndex(({ id }) => id === finding.rule),
    level: finding.severity,
    message: { text: `${object}: ${finding.message}. ${finding.fix}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: finding.file.split('/').map(encodeURIComponent).join('/') },
          ...region,
        },
        logicalLocations: [{ fullyQualifiedName: `${object}:${finding.path}`, kind: 'object' }],
      },
    ],
    partialFingerprints: { place: `${finding.rule}:${object}:${finding.path}` },
  };
}

/** Every rule on a line, by family; those of others last. */
export function formatList(others: readonly Rule[]): string {
  const families: readonly (readonly [string, readonly Rule[]])[] = [
    ...Object.entries(RULES),
    ...(others.length === 0 ? [] : [['rules of others', others] as const]),
  ];
  const width = Math.max(...families.flatMap(([, rules]) => rules.map(({ id }) => id.length)));
  const list = (rules: readonly Rule[]) => rules.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}`);
  return `${families.map(([family, rules]) => [family, ...list(rules)].join('\n')).join('\n\n')}\n`;
}

/** One rule, whole. */
export function formatRule(rule: Rule): string {
  const { id, severity = 'error', title, rationale, docs } = rule;
  return `${id} (${severity})\n\n${title}\n\nWhy: ${rationale}\nSee: ${docs}\n`;
}
