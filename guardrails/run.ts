import { parseArgs } from 'node:util';
import { checkPlatform, readPlatform } from './engine.ts';
import { readInput, readRunbooks } from './input.ts';
import { reachability } from './network/reachability.ts';
import { formatReachability, formatReachabilityMarkdown } from './network/reachability-table.ts';
import { UnusableInput } from './parse.ts';
import { allRules } from './registry.ts';
import { formatList, formatRule } from './report/rules.ts';
import { formatSarif } from './report/sarif.ts';
import { formatText } from './report/text.ts';
import { flatten } from './source.ts';
import { suggest } from './suggest.ts';

/** What the command line answers with. 0: clean or notes only; 1: findings; 2: unusable input or arguments. */
export interface Outcome {
  readonly code: 0 | 1 | 2;
  readonly out: string;
  readonly err: string;
}

const USAGE = `usage: npm run validate -- [options] PATH...

  PATH                files, folders, or - for standard input; everything given is judged together
  --format FORMAT     text (default), json or sarif
  --reachability      print who reaches whom on which port, by the network policies (--format text or markdown)
  --previous PATH     what is in the cluster now, to find changes that an update cannot make
  --runbooks FOLDER   the runbooks that are written (*.md), to find alerts that name another
  --list              list the rules
  --explain ID        explain one rule
  --help              this text
`;

const OPTIONS = {
  format: { type: 'string', default: 'text' },
  previous: { type: 'string' },
  runbooks: { type: 'string' },
  reachability: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  explain: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** The command line, without the process around it. */
export function run(args: readonly string[], colour: boolean): Outcome {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    if (values.help) return say(USAGE);
    if (values.list) return say(formatList());
    if (values.explain !== undefined) return explain(values.explain);
    const formats = values.reachability ? ['text', 'markdown'] : ['text', 'json', 'sarif'];
    if (!formats.includes(values.format))
      return refuse(`--format ${values.format}: there is ${formats.slice(0, -1).join(', ')} and ${formats.at(-1)}\n`);
    if (positionals.length === 0) return refuse(USAGE);
    if (values.reachability) return showReachability(positionals, values.format);
    return validate(positionals, values, colour);
  } catch (error) {
    if (error instanceof UnusableInput || isArgumentError(error)) return refuse(`${error.message}\n`);
    throw error;
  }
}

interface ValidateOptions {
  readonly format: string;
  readonly previous?: string | undefined;
  readonly runbooks?: string | undefined;
}

function validate(paths: readonly string[], options: ValidateOptions, colour: boolean): Outcome {
  const { format, previous, runbooks } = options;
  const { documents, skipped } = readInput(paths);
  const before = previous === undefined ? {} : { previous: readInput([previous]).documents };
  const written = runbooks === undefined ? {} : { runbooks: readRunbooks(runbooks) };
  const findings = checkPlatform(documents, { ...before, ...written });
  const rules = allRules();
  const scope = { objects: documents.flatMap(flatten).length, files: documents.length, rules: rules.length };
  const out = {
    text: () => formatText(findings, scope, colour),
    json: () => `${JSON.stringify(findings, null, 2)}\n`,
    sarif: () => formatSarif(findings, rules),
  }[format as 'text' | 'json' | 'sarif']();
  const err = skipped.map((file) => `${file}: no Kubernetes object in it, skipped\n`).join('');
  return { code: findings.some(({ severity }) => severity !== 'note') ? 1 : 0, out, err };
}

function showReachability(paths: readonly string[], format: string): Outcome {
  const matrices = reachability(readPlatform(readInput(paths).documents));
  return say(format === 'markdown' ? formatReachabilityMarkdown(matrices) : formatReachability(matrices));
}

function explain(id: string): Outcome {
  const rule = allRules().find((candidate) => candidate.id === id);
  if (rule) return say(formatRule(rule));
  const meant = suggest(
    id,
    allRules().map((candidate) => candidate.id),
  );
  return refuse(
    `there is no rule ${id}; ${meant === undefined ? 'list them with --list' : `did you mean ${meant}?`}\n`,
  );
}

function say(out: string): Outcome {
  return { code: 0, out, err: '' };
}

function refuse(err: string): Outcome {
  return { code: 2, out: '', err };
}

function isArgumentError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
