import type { Environment } from '../environments/environment.ts';
import type { Resources, ServiceSpec } from '../services/service.ts';
import { sizeOf, type WorkloadSize } from '../sizing.ts';

/** What does not hold of one service in one environment: how many pods, how many may go, what each may use. */
export function sizeProblems(service: ServiceSpec, environment: Environment): string[] {
  const size = sizeOf(service, environment);
  return [...scaleProblems(size), ...disruptionProblems(size, environment), ...resourceProblems(size)];
}

function scaleProblems({ floor, ceiling, autoscaled }: WorkloadSize): string[] {
  if (!Number.isInteger(floor) || floor < 1)
    return [`the floor ${floor} is not a whole number of at least 1; raise 'floor'`];
  if (!Number.isInteger(ceiling)) return [`the ceiling ${ceiling} is not a whole number; change 'ceiling'`];
  if (floor > ceiling && autoscaled)
    return [`autoscaler floor ${floor} is above its ceiling ${ceiling}; lower 'floor' or raise 'ceiling'`];
  if (floor !== ceiling && !autoscaled) {
    return [`the ceiling ${ceiling} has no meaning beside the fixed scaling of ${floor}; give 'floor' alone`];
  }
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
