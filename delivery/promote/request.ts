import { parseArgs } from 'node:util';
import { lt, valid } from 'semver';
import { environments } from '../../charts/environments/all.ts';
import type { Release } from '../../charts/plan/environment.ts';

export const USAGE = `Puts a release into an environment: edits its record, synthesizes, and shows what would change.

  npm run promote -- staging --tag 1.2.3 --digest sha256:...
  npm run promote -- production --from staging      what staging runs, to the byte
  ... --prometheus URL                              of the environment before (or PROMETHEUS_URL; PROMETHEUS_TOKEN where it asks for one)
  ... --backwards                                   to an older version, which ran there before
  ... --emergency "reason"                          passes over the environment before; the reason goes into the commit
  ... --report FILE                                 writes the message of the commit: what was proven, and by whom
  ... --registry HOST                               stands in for the image's own, where no signature is asked

Exit codes: 0 done, or nothing to do; 1 refused, for the reasons in the output, and nothing was changed.
`;

const ENVIRONMENTS = environments.map(({ name }) => name);
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** What is asked for, as it was typed. */
export interface PromoteRequest {
  readonly environment: string;
  readonly source:
    | { readonly tag: string | undefined; readonly digest: string | undefined }
    | { readonly from: string };
  readonly backwards: boolean;
  /** Why the environment before is passed over. */
  readonly emergency: string | undefined;
  readonly prometheus: string | undefined;
  readonly report: string | undefined;
  readonly registry: string | undefined;
}

/** A reason that a reader understands a year later has a few words. */
const SHORTEST_REASON = 15;

/** Reads the command line. Throws one error with every problem of it. */
export function parseRequest(args: readonly string[]): PromoteRequest {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      tag: { type: 'string' },
      digest: { type: 'string' },
      from: { type: 'string' },
      backwards: { type: 'boolean', default: false },
      emergency: { type: 'string' },
      prometheus: { type: 'string' },
      report: { type: 'string' },
      registry: { type: 'string' },
    },
  });
  const { tag, digest, from, emergency } = values;
  const environment = environmentNamed(positionals[0]);
  const origin = environmentNamed(from);
  const problems = [
    ...(positionals.length > 1 ? [`one environment at a time, not ${positionals.join(' and ')}`] : []),
    ...(environment === undefined
      ? [`'${positionals[0] ?? ''}' is no environment: give one of ${ENVIRONMENTS.join(', ')}`]
      : []),
    ...(from !== undefined && origin === undefined ? [`--from ${from}: give one of ${ENVIRONMENTS.join(', ')}`] : []),
    ...(origin !== undefined && origin === environment
      ? [`--from ${from}: an environment cannot be promoted from itself`]
      : []),
    ...(from !== undefined && (tag !== undefined || digest !== undefined)
      ? ['--from brings tag and digest: leave --tag and --digest away']
      : []),
    ...(from === undefined && tag === undefined
      ? ['what shall run? Give --tag and --digest, or --from an environment']
      : []),
    ...(emergency !== undefined && emergency.trim().length < SHORTEST_REASON
      ? [
          `--emergency '${emergency}' says too little: write what is broken and who decided, for those who read it later`,
        ]
      : []),
  ];
  if (problems.length > 0 || environment === undefined) throw new Error(`${problems.join('\n')}\n\n${USAGE}`);
  return {
    environment,
    source: origin === undefined ? { tag, digest } : { from: origin },
    backwards: values.backwards,
    emergency: emergency?.trim().replace(/\s+/g, ' '),
    prometheus: values.prometheus,
    report: values.report,
    registry: values.registry,
  };
}

/** What a promotion is judged against. */
export interface Standing {
  readonly current: Release;
  /** Releases of all environments, the current one included: one tag is one digest, wherever it runs. */
  readonly recorded: Readonly<Record<string, Release>>;
}

/** Why this release must not take the place of the current one; empty when it may. */
export function refusals(
  { current, recorded }: Standing,
  wanted: { tag: string | undefined; digest: string | null | undefined },
  { source, backwards }: Pick<PromoteRequest, 'source' | 'backwards'>,
): readonly string[] {
  const { tag, digest } = wanted;
  const version = valid(tag);
  return [
    ...(version === null || version !== tag
      ? [`tag '${tag ?? ''}' is no exact version like 1.2.3: only those can be compared and never move`]
      : []),
    ...(digest === undefined || digest === null
      ? [
          'from' in source
            ? `${source.from} runs ${tag} without a digest: a tag can be moved, promote ${source.from} to a digest first`
            : `tag ${tag} comes without a digest: a tag can be moved, give --digest sha256:... as the push of the image printed it`,
        ]
      : []),
    ...(typeof digest === 'string' && !DIGEST.test(digest)
      ? [`digest '${digest}' is not sha256: and 64 hexadecimal digits`]
      : []),
    ...(isOlder(tag, current) && !backwards
      ? [`${tag} is older than ${current.tag}, which runs now: say --backwards if that is meant`]
      : []),
    ...Object.entries(recorded)
      .filter(([, release]) => release.tag === tag && release.digest !== null && digest && digest !== release.digest)
      .map(([name, release]) => `${tag} runs in ${name} as ${release.digest}: a tag must not move, release a new one`),
  ];
}

/** Whether a tag is an older version than what runs; unknown versions are neither. */
export function isOlder(tag: string | undefined, current: Release): boolean {
  return valid(tag) !== null && valid(current.tag) !== null && lt(tag ?? '', current.tag);
}

function environmentNamed(name: string | undefined): string | undefined {
  return ENVIRONMENTS.find((environment) => environment === name);
}
