import type { Log, Result } from 'sarif';
import type { Finding } from '../finding.ts';
import type { Rule } from '../rule.ts';

/** SARIF 2.1.0, as code scanning reads it. Paths are relative to the folder in which the command ran. */
export function formatSarif(findings: readonly Finding[], rules: readonly Rule[]): string {
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'guardrails',
            rules: rules.map((rule) => ({
              id: rule.id,
              shortDescription: { text: rule.title },
              fullDescription: { text: rule.rationale },
              helpUri: rule.docs,
              defaultConfiguration: { level: rule.severity },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => toResult(finding, rules)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function toResult(finding: Finding, rules: readonly Rule[]): Result {
  const region =
    finding.line === undefined ? {} : { region: { startLine: finding.line, startColumn: finding.column ?? 1 } };
  const object = [finding.kind, finding.namespace, finding.name].filter((part) => part !== '').join('/');
  return {
    ruleId: finding.rule,
    ruleIndex: rules.findIndex(({ id }) => id === finding.rule),
    level: finding.severity,
    message: { text: `${object}: ${finding.message}. ${finding.fix}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: encodeURI(finding.file) }, ...region },
        logicalLocations: [{ fullyQualifiedName: `${object}:${finding.path}`, kind: 'object' }],
      },
    ],
    partialFingerprints: { place: `${finding.rule}:${object}:${finding.path}` },
  };
}
