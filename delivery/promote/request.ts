import type { parseArgs } from 'node:util';
import { lt, valid } from 'semver';
import { when } from '../../charts/constructs/lists.ts';
import { environments } from '../../charts/environments/all.ts';
import type { Release } from '../../charts/plan/environment.ts';
import { UsageError } from '../command.ts';

const ENVIRONMENTS = environments.map(({ name }) => name);
const DIGEST = /^sha256:[0-9a-f]{64}$/;

export const OPTIONS = {
  tag: { type: 'string' },
  digest: { type: 'string' },
  from: { type: 'string' },
  backwards: { type: 'boolean', default: false },
  emergency: { type: 'string' },
  prometheus: { type: 'string' },
  report: { type: 'string' },
  registry: { type: 'string' },
} as const;

type Given = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true; args: string[] }>>;

export interface PromoteRequest extends Omit<Given['values'], 'tag' | 'digest' | 'from' | 'emergency'> {
  readonly environment: string;
  readonly source:
    | { readonly tag: string | undefined; readonly digest: string | undefined }
    | { readonly from: string };
  /** Why the environment before is passed over. */
  readonly emergency: string | undefined;
}

/** A reason that a reader understands a year later has a few words. */
const SHORTEST_REASON = 15;

/** Reads the command line. Throws one error with every problem of it. */
export function requestOf({ values, positionals }: Given): PromoteRequest {
  const { tag, digest, from, emergency, ...others } = values;
  const environment = environmentNamed(positionals[0]);
  const origin = environmentNamed(from);
  const known = `give one of ${ENVIRONMENTS.join(', ')}`;
  const problems = [
    ...when(positionals.length > 1, `one environment at a time, not ${positionals.join(' and ')}`),
    ...when(environment === undefined, `'${positionals[0] ?? ''}' is no environment: ${known}`),
    ...when(from !== undefined && origin === undefined, `--from ${from}: ${known}`),
    ...when(
      origin !== undefined && origin === environment,
      `--from ${from}: an environment cannot be promoted from itself`,
    ),
    ...when(
      from !== undefined && (tag !== undefined || digest !== undefined),
      '--from brings tag and digest: leave --tag and --digest away',
    ),
    ...when(
      from === undefined && tag === undefined,
      'what shall run? Give --tag and --digest, or --from an environment',
    ),
    ...when(
      emergency !== undefined && emergency.trim().length < SHORTEST_REASON,
      `--emergency '${emergency}' says too little: write what is broken and who decided, for those who read it later`,
    ),
  ];
  if (problems.length > 0 || environment === undefined) throw new UsageError(problems.join('\n'));
  return {
    ...others,
    environment,
    source: origin === undefined ? { tag, digest } : { from: origin },
    emergency: emergency?.trim().replace(/\s+/g, ' '),
  };
}

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
    ...when(
      version === null || version !== tag,
      `tag '${tag ?? ''}' is no exact version like 1.2.3: only those can be compared and never move`,
    ),
    ...when(
      digest === undefined || digest === null,
      'from' in source
        ? `${source.from} runs ${tag} without a digest: a tag can be moved, promote ${source.from} to a digest first`
        : `tag ${tag} comes without a digest: a tag can be moved, give --digest sha256:... as the push of the image printed it`,
    ),
    ...when(
      typeof digest === 'string' && !DIGEST.test(digest),
      `digest '${digest}' is not sha256: and 64 hexadecimal digits`,
    ),
    ...when(
      isOlder(tag, current) && !backwards,
      `${tag} is older than ${current.tag}, which runs now: say --backwards if that is meant`,
    ),
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
