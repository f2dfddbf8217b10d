import type { Finding } from '../finding.ts';
import { byKey, objectOf } from './summary.ts';

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
  const suites = byKey(findings, ({ file }) => file).map(([file, own]) => {
    const failures = own.filter(({ severity }) => severity !== 'note').length;
    return [
      `  <testsuite name="${xml(file)}" tests="${own.length}" failures="${failures}">`,
      ...own.map(testCase),
      '  </testsuite>',
    ].join('\n');
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="guardrails">',
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
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
