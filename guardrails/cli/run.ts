import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkPlatform, readPlatform } from '../engine.ts';
import { Exemptions } from '../exemptions.ts';
import { isRecord } from '../field.ts';
import { flatten } from '../input/document.ts';
import { type Input, readInput, readRunbooks } from '../input/files.ts';
import { UnusableInput } from '../input/parse.ts';
import { askAhead, judgeOfThisMachine } from '../judge/judge.ts';
import { JudgeError, prepare } from '../judge/process.ts';
import { formatReachability, formatReachabilityMarkdown, reachability } from '../network/reachability.ts';
import { allRules } from '../registry.ts';
import { format, formatList, formatRule, oneLine } from '../report/format.ts';
import { plural } from '../report/text.ts';
import type { Finding, Rule } from '../rule.ts';
import { suggest } from '../suggest.ts';
import { compareWithBaseline, readExemptions, writeBaseline } from './exceptions.ts';
import { isAtLeast, type Options, readOptions, USAGE } from './options.ts';

/** What the command line answers with. 0: nothing fails; 1: something does; 2: unusable input or options, or a judge that does not answer. */
export interface Outcome {
  readonly code: 0 | 1 | 2;
  readonly out: string;
  readonly err: string;
}

/** What the process around the command line knows. */
export interface Terminal {
  readonly colour: boolean;
  /** `2026-11-28`, for exemptions that end. */
  readonly today: string;
}

/** The command line, without the process around it. */
export async function run(args: readonly string[], terminal: Terminal): Promise<Outcome> {
  try {
    const options = readOptions(args);
    if (options.help) return say(USAGE);
    const failures: string[] = [];
    const foreign = await Promise.all(options.rules.map(loadRules));
    const rules = [
      ...allRules(),
      ...foreign.flatMap((list, index) => list.map((rule) => guarded(rule, options.rules[index] ?? '', failures))),
    ];
    if (options.list) return say(formatList(foreign.flat()));
    if (options.explain !== undefined) return explain(options.explain, rules);
    const unknown = options.exclude.find((id) => !rules.some((rule) => rule.id === id));
    if (unknown !== undefined) return refuse(`--exclude ${unknown}: ${noRule(unknown, rules)}`);
    if (options.paths.length === 0) return refuse(USAGE);
    return options.reachability ? showReachability(options) : told(validate(options, rules, terminal), failures);
  } catch (error) {
    const isExpected = error instanceof UnusableInput || error instanceof JudgeError || isArgumentError(error);
    if (isExpected) return refuse(error.message);
    throw error;
  }
}

function validate(options: Options, rules: readonly Rule[], { colour, today }: Terminal): Outcome {
  const { judge, unasked } = judgeOfThisMachine();
  const program = judge?.program(options.kubernetes);
  if (program !== undefined) prepare(program);
  // An object is asked together with what it replaces, which is not known yet.
  const ahead = program === undefined || options.previous !== undefined ? undefined : askAhead(program);
  const input = readInput(options.paths, ahead);
  if (input.documents.length === 0)
    return refuse([...input.skipped, `${options.paths.join(', ')}: no Kubernetes manifests here`].join('\n'));
  const listed = options.exemptions === undefined ? [] : readExemptions(options.exemptions);
  const unknown = listed.find(({ rule }) => !rules.some(({ id }) => id === rule))?.rule;
  if (unknown !== undefined) return refuse(`--exemptions ${options.exemptions}: ${noRule(unknown, rules)}`);
  const exemptions = new Exemptions(listed, today);
  const every = checkPlatform(input.documents, {
    rules,
    judge,
    exemptions,
    profile: options.profile,
    prefixes: options['annotation-prefix'],
    kubernetes: () => options.kubernetes,
    ...(options.previous === undefined ? {} : { previous: readPrevious(options.previous) }),
    ...(options.runbooks === undefined ? {} : { runbooks: readRunbooks(options.runbooks) }),
  });
  const kept = every.filter(
    ({ rule, severity }) => !options.exclude.includes(rule) && isAtLeast(severity, options.severity),
  );
  if (options['write-baseline'] !== undefined) {
    writeBaseline(options['write-baseline'], kept);
    return say(`${options['write-baseline']}: ${plural(kept.length, 'finding')} known from now on\n`);
  }
  const { fresh, mended } =
    options.baseline === undefined ? { fresh: kept, mended: 0 } : compareWithBaseline(options.baseline, kept);
  const objects = input.documents.flatMap(flatten).length;
  const notices = [
    ...input.skipped.map((line) => `${line}, skipped`),
    ...exemptions.idle,
    ...(unasked === undefined ? [] : [unasked]),
    ...(mended > 0 ? [`${plural(mended, 'finding')} of the baseline gone: write it anew`] : []),
  ];
  return {
    code: codeOf(input, fresh, options),
    out: format(fresh, {
      objects,
      files: input.documents.length,
      rules,
      colour,
      all: options.all,
      format: options.format,
    }),
    err: notices.map((line) => `${oneLine(line)}\n`).join(''),
  };
}

function codeOf({ documents }: Input, findings: readonly Finding[], { 'fail-on': least }: Options): 0 | 1 | 2 {
  const unreadable = documents.flatMap((document) => document.unreadable ?? []);
  if (unreadable.some(({ severity }) => severity === undefined)) return 2;
  return least !== 'never' && findings.some(({ severity }) => isAtLeast(severity, least)) ? 1 : 0;
}

/** Of a previous state that cannot be read nothing could be said, and no change would be found. */
function readPrevious(path: string): Input['documents'] {
  const { documents } = readInput([path]);
  const lines = documents.flatMap(({ file, unreadable = [] }) =>
    unreadable.map(({ message }) => `${file}: ${message}`),
  );
  if (lines.length > 0) throw new UnusableInput(lines.map((line) => `--previous ${line}`).join('\n'));
  return documents;
}

async function loadRules(path: string): Promise<readonly Rule[]> {
  try {
    const module: { readonly default?: unknown } = await import(pathToFileURL(resolve(path)).href);
    if (Array.isArray(module.default) && module.default.every(isRule)) return module.default;
  } catch (error) {
    throw new UnusableInput(`--rules ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new UnusableInput(`--rules ${path}: its default export is not a list of rules`);
}

/** A rule of somebody else, whose failure takes nothing away from what the others find. */
function guarded(rule: Rule, path: string, failures: string[]): Rule {
  return {
    ...rule,
    *check(platform) {
      try {
        for (const problem of rule.check(platform)) {
          if (!(isRecord(problem) && isRecord(problem.at) && problem.at.resource)) throw new Error(NO_PROBLEM);
          yield problem;
        }
      } catch (error) {
        failures.push(`--rules ${path}: rule ${rule.id} failed: ${error instanceof Error ? error.message : error}`);
      }
    },
  };
}

const NO_PROBLEM = 'what it yields is no problem: it wants { at, message, fix }, with a field of the object as at';

/** The outcome, with what rules of others could not say: the run has not looked at everything. */
function told(outcome: Outcome, failures: readonly string[]): Outcome {
  if (failures.length === 0) return outcome;
  return { ...outcome, code: 2, err: `${outcome.err}${failures.map((line) => `${line}\n`).join('')}` };
}

function isRule(one: unknown): one is Rule {
  return isRecord(one) && typeof one['id'] === 'string' && typeof one['check'] === 'function';
}

function showReachability({ paths, format: wanted }: Options): Outcome {
  const matrices = reachability(readPlatform(readInput(paths).documents));
  return say(wanted === 'markdown' ? formatReachabilityMarkdown(matrices) : formatReachability(matrices));
}

function explain(id: string, rules: readonly Rule[]): Outcome {
  const rule = rules.find((candidate) => candidate.id === id);
  return rule ? say(formatRule(rule)) : refuse(noRule(id, rules));
}

function noRule(id: string, rules: readonly Rule[]): string {
  const ids = rules.map((candidate) => candidate.id);
  const meant = suggest(id, ids);
  return `there is no rule ${id}; ${meant === undefined ? 'list them with --list' : `did you mean ${meant}?`}`;
}

function say(out: string): Outcome {
  return { code: 0, out, err: '' };
}

function refuse(err: string): Outcome {
  return { code: 2, out: '', err: `${err.trimEnd()}\n` };
}

/** What parseArgs throws at an argument that it does not know. */
function isArgumentError(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
