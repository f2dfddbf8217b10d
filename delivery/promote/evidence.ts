import * as z from 'zod';
import { METRICS } from '../../app/contract.ts';
import { SLO_SERIES } from '../../charts/monitoring/rules/sli.ts';
import type { Environment, Promotion, Release } from '../../charts/plan/environment.ts';
import { type Project, releasedImage } from '../../charts/plan/part.ts';
import type { Git } from '../git.ts';
import type { Registries } from '../registry.ts';
import { distFile } from '../rendered.ts';
import { NOT_FOUND, type Run } from '../run.ts';

/** Whom the proofs are asked from. */
export interface Witnesses {
  readonly git: Git;
  readonly run: Run;
  readonly registries: Pick<Registries, 'digestOf'>;
  readonly now: () => Date;
  /** Prometheus of the environment that ran it before. @default - the promotion is refused where one is needed */
  readonly prometheus?: string;
}

export interface Claim {
  readonly project: Project;
  readonly environments: readonly Environment[];
  readonly environment: Environment;
  readonly release: Release & { readonly digest: string };
  /** The version goes back: what counts then is that this environment ran it, not what runs before it now. */
  readonly backwards: boolean;
  /** Why the environment before is passed over, for the record. The registry and the signature are never passed over. */
  readonly emergency: string | undefined;
}

/**
 * What is proven of a release, a sentence each.
 * @throws Error with everything that could not be proven
 */
export async function evidenceOf(claim: Claim, witnesses: Witnesses): Promise<readonly string[]> {
  const { promotion } = claim.environment;
  const settled = await Promise.allSettled([
    inRegistry(claim, witnesses),
    ...(promotion === undefined ? [] : signed(claim, promotion, witnesses)),
    ...(promotion?.after ? ranBefore(claim, promotion.after, witnesses) : []),
  ]);
  const missing = settled.flatMap((one) => (one.status === 'rejected' ? [messageOf(one.reason)] : []));
  if (missing.length > 0) throw new Error(`not proven, nothing was changed:\n- ${missing.join('\n- ')}`);
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

/** The digest is there, and the tag leads to it. */
async function inRegistry({ project, release }: Claim, { registries }: Witnesses): Promise<string> {
  const { tag, digest } = release;
  const [byDigest, byTag] = await Promise.all([
    registries.digestOf(`${project.image}@${digest}`),
    registries.digestOf(`${project.image}:${tag}`),
  ]);
  if (byDigest === undefined) throw new Error(`the registry has no ${project.image}@${digest}`);
  if (byTag !== digest)
    throw new Error(`the registry's ${project.image}:${tag} is ${byTag ?? 'not there'}, and not ${digest}`);
  return `the registry has ${project.image}:${tag} as ${digest}`;
}

const ISSUER = 'https://token.actions.githubusercontent.com';

/** Predicate of the provenance that the release workflow attests: BuildKit's, in SLSA's version 0.2. */
const PROVENANCE = 'slsaprovenance02';

function signed({ project, release }: Claim, { signer }: Promotion, { git, run }: Witnesses): Promise<string>[] {
  const image = `${project.image}@${release.digest}`;
  const identity =
    signer.kind === 'key' ? signer.path : `${project.repository}/${signer.file}@refs/tags/v${release.tag}`;
  const by =
    signer.kind === 'key'
      ? ['--key', signer.path, '--insecure-ignore-tlog=true']
      : ['--certificate-oidc-issuer', ISSUER, '--certificate-identity', identity];
  const verify = async (what: string, args: readonly string[]) => {
    const { code, stderr } = await run('cosign', [...args, ...by, image], { cwd: git.root });
    if (code === NOT_FOUND) throw new Error(`${what} cannot be verified: install cosign 2.5 or newer`);
    if (code !== 0) throw new Error(`no ${what} of ${image} by ${identity}: ${lastLine(stderr)}`);
    return `its ${what} is by ${identity}`;
  };
  return [verify('signature', ['verify']), verify('provenance', ['verify-attestation', '--type', PROVENANCE])];
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

type After = NonNullable<Promotion['after']>;

function ranBefore(claim: Claim, after: After, witnesses: Witnesses): Promise<string>[] {
  if (claim.emergency !== undefined)
    return [Promise.resolve(`EMERGENCY, ${after.environment} passed over: ${claim.emergency}`)];
  if (claim.backwards) return [ranHere(claim, witnesses)];
  return [ranLongEnough(claim, after, witnesses), keptObjectives(claim, after, witnesses)];
}

/** A way back leads to what ran here, as its committed manifests say. */
async function ranHere({ project, environment, release }: Claim, { git }: Witnesses): Promise<string> {
  const image = releasedImage(project.image, release);
  for (const { id, time } of await git.history(distFile(environment.name)))
    if ((await imageAt(git, id, environment.name, project)) === image)
      return `${environment.name} was committed with it on ${time.toISOString()}`;
  throw new Error(`${environment.name} never ran ${image}: to go back to it all the same, say --emergency "reason"`);
}

/** What runs before is what its committed manifests say: Argo CD follows them. */
async function ranLongEnough(
  { project, release }: Claim,
  { environment, hours }: After,
  { git, now }: Witnesses,
): Promise<string> {
  const image = releasedImage(project.image, release);
  let since: Date | undefined;
  for (const { id, time } of await git.history(distFile(environment))) {
    const held = await imageAt(git, id, environment, project);
    if (held !== image) {
      if (since === undefined) throw new Error(`${environment} runs ${held ?? 'no image of ours'}, and not ${image}`);
      break;
    }
    since = time;
  }
  if (since === undefined) throw new Error(`${distFile(environment)} was never committed`);
  const ran = (now().getTime() - since.getTime()) / 3_600_000;
  if (ran < hours)
    throw new Error(`${environment} has run it for ${ran.toFixed(1)} h of the ${hours} h that are asked: wait`);
  return `${environment} has run it since ${since.toISOString()}, ${Math.floor(ran)} h`;
}

/** Read as text: an old commit may hold what today's code cannot read. */
async function imageAt(git: Git, commit: string, environment: string, { image }: Project): Promise<string | undefined> {
  const words = (await git.text(commit, distFile(environment))).split(/[\s"']+/);
  return words.find((word) => word.startsWith(`${image}:`));
}

async function keptObjectives(
  { environments, release }: Claim,
  { environment, hours }: After,
  { prometheus }: Witnesses,
): Promise<string> {
  if (prometheus === undefined)
    throw new Error(
      `whether ${environment} kept its objectives cannot be asked: give --prometheus or PROMETHEUS_URL its address`,
    );
  const before = environments.find(({ name }) => name === environment);
  if (before === undefined) throw new Error(`there is no environment '${environment}' to come before`);
  return objectivesKept({ url: prometheus, namespace: before.namespace, version: release.tag, hours });
}

export interface Period {
  readonly url: string;
  readonly namespace: string;
  readonly version: string;
  readonly hours: number;
}

/** Share of the period for which Prometheus must have seen the version: a rollout and a restart of Prometheus fit into the rest. */
const SEEN = 0.9;
const STEP_MINUTES = 5;

/**
 * Asks Prometheus whether a version ran through a period, and whether every promise was kept meanwhile.
 * @throws Error with what was broken, or not seen
 */
export async function objectivesKept({ url, namespace, version, hours }: Period): Promise<string> {
  const ask = (expr: string) => query(url, expr);
  const scope = `namespace="${namespace}"`;
  const window = `${hours}h`;
  const total = (name: string) => `sum by (service, slo) (sum_over_time(${name}{${scope}}[${window}]))`;
  const [samples, ratios, objectives, requests] = await Promise.all([
    ask(`count_over_time(count(${METRICS.info}{${scope},version="${version}"})[${window}:${STEP_MINUTES}m])`),
    ask(`${total(SLO_SERIES.bad)} / (${total(SLO_SERIES.requests)} > 0)`),
    ask(`max by (service, slo) (${SLO_SERIES.objective}{${scope}})`),
    ask(`sum(increase(${METRICS.requests}{${scope}}[${window}]))`),
  ]);
  const wanted = (hours * 60) / STEP_MINUTES;
  const seen = (samples[0]?.value ?? 0) / wanted;
  const promised = new Map(objectives.map(({ labels, value }) => [keyOf(labels), value]));
  const broken = ratios.flatMap(({ labels, value }) => {
    const objective = promised.get(keyOf(labels));
    if (objective !== undefined && 1 - value >= objective) return [];
    return [
      `${keyOf(labels)} was ${percent(1 - value)}, promised ${objective === undefined ? 'nothing' : percent(objective)}`,
    ];
  });
  const reasons = [
    ...(seen < SEEN ? [`Prometheus saw ${version} in ${namespace} for ${percent(seen)} of the last ${hours} h`] : []),
    ...(ratios.length === 0 ? [`no request in ${namespace} in the last ${hours} h: nothing is proven by silence`] : []),
    ...broken,
  ];
  if (reasons.length > 0) throw new Error(`the objectives of ${namespace} are not kept: ${reasons.join('; ')}`);
  const count = Math.round(requests[0]?.value ?? 0);
  return `${namespace} kept ${ratios.length} promises through the last ${hours} h, over ${count} requests`;
}

function keyOf({ service, slo }: Readonly<Record<string, string>>): string {
  return `${service}/${slo}`;
}

function percent(ratio: number): string {
  return `${Number((100 * ratio).toFixed(3))} %`;
}

const ANSWER = z.object({
  status: z.string(),
  error: z.string().optional(),
  data: z
    .object({
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()),
          value: z.tuple([z.number(), z.string().transform(Number)]),
        }),
      ),
    })
    .optional(),
});

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

async function query(url: string, expr: string): Promise<readonly Sample[]> {
  const token = process.env['PROMETHEUS_TOKEN'];
  const response = await fetch(new URL('api/v1/query', url.endsWith('/') ? url : `${url}/`), {
    method: 'POST',
    body: new URLSearchParams({ query: expr }),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(30_000),
  }).catch((error: unknown) => {
    throw new Error(`Prometheus at ${url} cannot be reached: ${String(error)}`);
  });
  const answer = ANSWER.safeParse(await response.json().catch(() => undefined));
  if (!answer.success) throw new Error(`${url} does not answer like Prometheus (status ${response.status})`);
  if (answer.data.data === undefined) throw new Error(`Prometheus refuses ${expr}: ${answer.data.error}`);
  return answer.data.data.result.map(({ metric, value }) => ({ labels: metric, value: value[1] }));
}
