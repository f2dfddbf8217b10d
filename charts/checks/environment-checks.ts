import { budgetProblems } from '../capacity.ts';
import { demandsOf } from '../demands.ts';
import type { Environment } from '../environments/environment.ts';
import { missingValues } from '../secrets/literal-secrets.ts';
import { secretsOf } from '../secrets/secrets-of.ts';
import type { Resources, ServiceSpec } from '../services/service.ts';
import { sizeOf, type WorkloadSize } from '../sizing.ts';
import { closest } from './closest.ts';
import { missingFields } from './missing-fields.ts';
import { hostProblems, labelProblems } from './names.ts';

/** What does not hold in one environment. Figures that are missing are told first: nothing can be computed from them. */
export function environmentProblems(environment: Environment, catalog: readonly ServiceSpec[]): string[] {
  const missing = missingFields(environment);
  const problems = missing.length > 0 ? missing : policyProblems(environment, catalog);
  const sizes = missing.length > 0 ? [] : catalog.flatMap((service) => sizeProblems(service, environment));
  const capacity =
    [...missing, ...sizes].length > 0 ? [] : budgetProblems(demandsOf(environment, catalog), environment.budget);
  return [
    ...[...problems, ...capacity].map((problem) => `${environment.name}: ${problem}`),
    ...sizes.map((problem) => `${environment.name}/${problem}`),
  ];
}

function policyProblems(environment: Environment, catalog: readonly ServiceSpec[]): string[] {
  const { namespace, edge, secrets } = environment;
  return [
    ...labelProblems('namespace', namespace),
    ...hostProblems('edge.host', edge.host),
    ...nodePortProblems(edge.nodePort),
    ...stoppingProblems(environment),
    ...releaseProblems(environment),
    ...unknownSizings(environment, catalog),
    ...(secrets.kind === 'literal' ? missingValues(secretsOf(environment), secrets.values) : []),
  ];
}

/** The range that the API server hands out by default (--service-node-port-range). */
function nodePortProblems(nodePort: number | null): string[] {
  if (nodePort === null || (Number.isInteger(nodePort) && nodePort >= 30_000 && nodePort <= 32_767)) return [];
  return [`edge.nodePort ${nodePort} is outside 30000-32767; choose one inside or null`];
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

function sizeProblems(service: ServiceSpec, environment: Environment): string[] {
  const size = sizeOf(service, environment);
  return [...scaleProblems(size), ...disruptionProblems(size, environment), ...resourceProblems(size)].map(
    (problem) => `${service.name}: ${problem}`,
  );
}

function scaleProblems({ floor, ceiling, autoscaled }: WorkloadSize): string[] {
  if (!Number.isInteger(floor) || floor < 1)
    return [`the floor ${floor} is not a whole number of at least 1; raise 'floor'`];
  if (!Number.isInteger(ceiling)) return [`the ceiling ${ceiling} is not a whole number; change 'ceiling'`];
  if (floor > ceiling)
    return [`autoscaler floor ${floor} is above its ceiling ${ceiling}; lower 'floor' or raise 'ceiling'`];
  if (autoscaled && floor === ceiling) {
    return [`autoscaler floor and ceiling are both ${floor}: nothing can scale; raise 'ceiling' or use fixed scaling`];
  }
  return [];
}

function disruptionProblems({ floor }: WorkloadSize, { minAvailable, budget, spread }: Environment): string[] {
  return [
    ...(minAvailable !== null && floor > 1 && minAvailable >= floor
      ? [`minAvailable ${minAvailable} of ${floor} pods forbids every drain; lower 'minAvailable' below the floor`]
      : []),
    ...(spread.hosts === 'required' && budget.nodes < 2
      ? [`spread.hosts 'required' on ${budget.nodes} node keeps nothing apart; use 'preferred' or add nodes`]
      : []),
  ];
}

function resourceProblems({ requests, limits }: WorkloadSize): string[] {
  const kinds: readonly (keyof Resources)[] = ['cpuMillis', 'memoryMiB', 'ephemeralMiB'];
  return kinds.flatMap((kind) => {
    const [request, limit] = [requests[kind], limits[kind]];
    if (request === null || limit === null) {
      return request === limit
        ? []
        : [`${kind} has a ${request === null ? 'limit' : 'request'} only; give both or neither`];
    }
    const wrong = Object.entries({ requests: request, limits: limit }).filter(([, value]) => !(value > 0));
    if (wrong.length > 0) return wrong.map(([key, value]) => `${key}.${kind} is ${value}; give it a number above 0`);
    return request > limit
      ? [`requests.${kind} ${request} is above limits.${kind} ${limit}; lower the request or raise the limit`]
      : [];
  });
}
