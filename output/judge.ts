import type { ManifestFile } from '../charts/plan/part.ts';
import { checkPlatform } from '../guardrails/engine.ts';
import { judgeOfThisMachine } from '../guardrails/judge/judge.ts';
import { allRules } from '../guardrails/registry.ts';
import { formatText } from '../guardrails/report/text.ts';
import { parseAll } from './manifest-yaml.ts';

/** A guardrail does not hold: the report, for the person who made the mistake. */
export class GuardrailError extends Error {
  constructor(report: string) {
    super(`a guardrail does not hold:\n\n${report}`);
    this.name = 'GuardrailError';
  }
}

/** What a verdict needs beside the manifests. */
export interface Beside {
  /** The files that are about to be replaced, for changes that an update cannot make. */
  readonly before: ReadonlyMap<string, string>;
  /** The names of the runbooks that are about to be written. @default - unknown */
  readonly runbooks?: readonly string[] | undefined;
  /** The version of Kubernetes that a file is for. @default - the newest that is judged */
  readonly kubernetes?: (file: string) => string | undefined;
}

/**
 * Judges what is about to be written, all environments at once.
 * @param texts of the same files, for line and column
 * @param beside what stands beside them
 * @returns what to tell: a line where all is well, the report of warnings otherwise
 * @throws GuardrailError on an error
 */
export function judge(
  files: readonly ManifestFile[],
  texts: ReadonlyMap<string, string>,
  { before, runbooks, kubernetes }: Beside,
): string {
  const documents = files.map(({ path, objects }) => ({ file: `dist/${path}`, objects, text: texts.get(path) ?? '' }));
  const previous = [...before].map(([path, text]) => ({ file: `dist/${path}`, objects: parseAll(text) }));
  const { judge: asked, unasked } = judgeOfThisMachine();
  const findings = checkPlatform(documents, {
    runbooks,
    judge: asked,
    kubernetes,
    ...(previous.length === 0 ? {} : { previous }),
  });
  const objects = files.reduce((sum, file) => sum + file.objects.length, 0);
  const scope = { objects, files: files.length, rules: allRules(), colour: false, all: true };
  const told = findings.filter(({ severity }) => severity !== 'note');
  const report = formatText(told, scope);
  if (findings.some(({ severity }) => severity === 'error')) throw new GuardrailError(report);
  return `guardrails: ${report.trimEnd()}${unasked === undefined ? '' : `\n${unasked}`}`;
}
