import { budgetProblems } from '../capacity.ts';
import { demandsOf } from '../demands.ts';
import { edgeProblems } from '../edge/edge-checks.ts';
import type { Environment } from '../environments/environment.ts';
import { monitoringProblems } from '../monitoring/monitoring-checks.ts';
import { redisProblems } from '../redis/redis-checks.ts';
import { secretProblems } from '../secrets/secret-checks.ts';
import type { ServiceSpec } from '../services/service.ts';
import { addressProblems } from './address-checks.ts';
import { closest } from './closest.ts';
import { ENVIRONMENT_SHAPE } from './environment-shape.ts';
import { hostProblems, labelProblems } from './names.ts';
import { numberProblems } from './number-checks.ts';
import { shapeProblems } from './shape-problems.ts';
import { sizeProblems } from './size-checks.ts';

/** What does not hold in one environment. Figures that are missing are told first: nothing can be computed from them. */
export function environmentProblems(environment: Environment, catalog: readonly ServiceSpec[]): string[] {
  const here = (problem: string) => `${environment.name}: ${problem}`;
  const missing = shapeProblems(environment, ENVIRONMENT_SHAPE);
  if (missing.length > 0) return missing.map(here);
  const policy = [...numberProblems(environment), ...policyProblems(environment, catalog)];
  const sizes = sharedProblems(catalog.map((service) => [service.name, sizeProblems(service, environment)]));
  // Sums of wrong figures would only tell the same again.
  const capacity =
    [...policy, ...sizes].length > 0 ? [] : budgetProblems(demandsOf(environment, catalog), environment.budget);
  return [...[...policy, ...capacity].map(here), ...sizes.map((problem) => `${environment.name}/${problem}`)];
}

/** What an environment gives all services is wrong for all of them: told once, with the names of those it hits. */
function sharedProblems(found: readonly (readonly [service: string, problems: readonly string[]])[]): string[] {
  const services = new Map<string, string[]>();
  for (const [service, problems] of found) {
    for (const problem of problems) services.set(problem, [...(services.get(problem) ?? []), service]);
  }
  return [...services].map(([problem, names]) => `${someOf(names)}: ${problem}`);
}

/** At most so many names: the rest is counted. */
const NAMES_SHOWN = 5;

function someOf(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN;
  return `${names.slice(0, NAMES_SHOWN).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function policyProblems(environment: Environment, catalog: readonly ServiceSpec[]): string[] {
  const { namespace, edge } = environment;
  return [
    ...labelProblems('namespace', namespace),
    ...hostProblems('edge.host', edge.host),
    ...edgeProblems(edge),
    ...stoppingProblems(environment),
    ...releaseProblems(environment),
    ...unknownSizings(environment, catalog),
    ...monitoringProblems(environment),
    ...declaredAddresses(environment),
    ...redisProblems(environment),
    ...secretProblems(environment, catalog),
  ];
}

/** Everything that no selector can name. */
function declaredAddresses({ monitoring, redis }: Environment): string[] {
  return [
    ...(monitoring.kind === 'standalone'
      ? [
          ...addressProblems('monitoring.apiServer', monitoring.apiServer),
          ...addressProblems('monitoring.mail.addresses', monitoring.mail.addresses),
        ]
      : []),
    ...(redis.kind === 'external' ? addressProblems('redis.addresses', redis.addresses) : []),
  ];
}

function stoppingProblems({ stopping }: Environment): string[] {
  const { drainSeconds, shutdownSeconds, graceSeconds } = stopping;
  if (drainSeconds < shutdownSeconds && shutdownSeconds < graceSeconds) return [];
  return [
    `stopping: drain ${drainSeconds} s < shutdown ${shutdownSeconds} s < grace ${graceSeconds} s does not hold; ` +
      'a pod would be killed before it has drained: raise the later or lower the earlier',
  ];
}

function releaseProblems({ release }: Environment): string[] {
  const { tag, digest } = release;
  return [
    ...(tag === '' || tag === 'latest'
      ? [`release.tag '${tag}' names no one image; give the exact tag that was pushed`]
      : []),
    ...(digest === null || /^sha256:[0-9a-f]{64}$/.test(digest)
      ? []
      : [`release.digest '${digest}' is not sha256: and 64 hexadecimal digits; copy it from the push`]),
  ];
}

function unknownSizings({ sizing }: Environment, catalog: readonly ServiceSpec[]): string[] {
  const known = catalog.map(({ name }) => name as string);
  return Object.keys(sizing)
    .filter((name) => !known.includes(name))
    .map((name) => `sizing names '${name}', which is no service (${known.join(', ')})${closest(name, known)}`);
}
