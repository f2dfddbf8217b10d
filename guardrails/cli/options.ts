import { parseArgs } from 'node:util';
import { PROFILES, type Profile } from '../environment.ts';
import { UnusableInput } from '../input/parse.ts';
import type { Severity } from '../rule.ts';

export const FORMATS = ['text', 'json', 'github', 'junit', 'sarif'] as const;
export type Format = (typeof FORMATS)[number];

const SEVERITIES = ['error', 'warning', 'note'] as const satisfies readonly Severity[];

export const USAGE = `usage: guardrails [options] PATH...

  PATH                     files, folders, or - for standard input; everything given is judged together, as one platform.
                           A Helm chart or a kustomization is rendered where helm, kustomize or kubectl is installed

  --profile PROFILE        baseline (default): what is dangerous or broken anywhere; restricted: Pod Security's restricted standard, and
                           every right by which an account can become another, as errors; production: that, and in every
                           Namespace given availability, isolation, TLS, and nothing missing that is referred to
  --severity SEVERITY      report findings from this severity on: note (default), warning, error
  --fail-on SEVERITY       end with 1 from this severity on: warning (default), note, error, or never
  --exclude RULE           leave a rule out (repeatable)
  --baseline FILE          leave out the findings that this file lists
  --write-baseline FILE    list the findings of today in this file, and end with 0
  --exemptions FILE        exemptions with reason and date, for manifests that are not yours to annotate
  --previous PATH          what is in the cluster now, to find changes that an update cannot make
  --runbooks FOLDER        the runbooks that are written (*.md), to find alerts that name another
  --kubernetes VERSION     the version that the manifests are for, such as 1.32; the newest one is the default
  --annotation-prefix P    read our annotations under this prefix too (repeatable; guardrails/ is always read)
  --rules MODULE           a JavaScript module whose default export is a list of further rules (repeatable)

  --format FORMAT          text (default), json, github (annotations), junit or sarif
  --all                    print every finding whole, however many there are
  --reachability           print who reaches whom on which port, by the network policies (--format text or markdown)
  --list, --explain RULE   the rules; one of them
  --help                   this text

Ends with 0 where nothing fails, 1 where something does, 2 where an option is wrong, something given cannot be read, or the judge does not answer.
The report goes to standard output, what was left out to standard error.
`;

const OPTIONS = {
  profile: { type: 'string', default: 'baseline' },
  severity: { type: 'string', default: 'note' },
  'fail-on': { type: 'string', default: 'warning' },
  exclude: { type: 'string', multiple: true, default: [] as string[] },
  baseline: { type: 'string' },
  'write-baseline': { type: 'string' },
  exemptions: { type: 'string' },
  previous: { type: 'string' },
  runbooks: { type: 'string' },
  kubernetes: { type: 'string' },
  'annotation-prefix': { type: 'string', multiple: true, default: [] as string[] },
  rules: { type: 'string', multiple: true, default: [] as string[] },
  format: { type: 'string', default: 'text' },
  all: { type: 'boolean', default: false },
  reachability: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  explain: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** The command line, read and checked. */
export type Options = ReturnType<typeof readOptions>;

/** Throws UnusableInput, or the error of parseArgs, where an option is wrong. */
export function readOptions(args: readonly string[]) {
  const { values, positionals: paths } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  if (!/^v?1\.\d+(\.|$)/.test(values.kubernetes ?? '1.0'))
    throw new UnusableInput(`--kubernetes ${values.kubernetes}: write a version such as 1.32`);
  return {
    ...values,
    paths,
    profile: oneOf<Profile>('--profile', values.profile, PROFILES),
    severity: oneOf<Severity>('--severity', values.severity, SEVERITIES),
    'fail-on': oneOf<Severity | 'never'>('--fail-on', values['fail-on'], [...SEVERITIES, 'never']),
    format: oneOf<Format | 'markdown'>('--format', values.format, values.reachability ? ['text', 'markdown'] : FORMATS),
  };
}

/** Whether a severity is at least as grave as another. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least);
}

function oneOf<T extends string>(option: string, given: string, known: readonly T[]): T {
  const found = known.find((word) => word === given);
  if (found === undefined)
    throw new UnusableInput(`${option} ${given}: there is ${known.slice(0, -1).join(', ')} and ${known.at(-1)}`);
  return found;
}
