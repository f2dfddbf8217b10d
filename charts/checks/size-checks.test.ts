import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dev } from '../environments/dev.ts';
import type { Environment, ServiceSizing } from '../environments/environment.ts';
import { production } from '../environments/production.ts';
import { users } from '../services/users.ts';
import { sizeProblems } from './size-checks.ts';

function sized(own: ServiceSizing, environment: Environment = production): string[] {
  return sizeProblems(users, { ...environment, sizing: { users: own } });
}

describe('a wrong size is told', () => {
  it('never of the committed ones', () => {
    expect(sizeProblems(users, production)).toEqual([]);
    expect(sizeProblems(users, dev)).toEqual([]);
  });

  it.each([0, -1, 2.5])('when the floor is %d', (floor) => {
    expect(sized({ floor })).toEqual([`the floor ${floor} is not a whole number of at least 1; raise 'floor'`]);
  });

  it('when the ceiling is no whole number', () => {
    expect(sized({ ceiling: 4.5 })).toEqual(["the ceiling 4.5 is not a whole number; change 'ceiling'"]);
  });

  it('when the floor is above the ceiling', () => {
    expect(sized({ floor: 5, ceiling: 4 })).toEqual([
      "autoscaler floor 5 is above its ceiling 4; lower 'floor' or raise 'ceiling'",
    ]);
  });

  it('when nothing can scale', () => {
    expect(sized({ floor: 4, ceiling: 4 })).toEqual([
      "autoscaler floor and ceiling are both 4: nothing can scale; raise 'ceiling' or use fixed scaling",
    ]);
  });

  it('when a ceiling stands where nothing scales', () => {
    expect(sized({ ceiling: 4 }, dev)).toEqual([
      "the ceiling 4 has no meaning beside the fixed scaling of 1; give 'floor' alone",
    ]);
  });

  it('when the disruption budget forbids every drain', () => {
    expect(sized({ floor: 2 })).toEqual([
      "minAvailable 2 of 2 pods forbids every drain; lower 'minAvailable' below the floor",
    ]);
  });

  it('when pods must keep apart and there is one host', () => {
    const oneNode = { ...production, budget: { ...production.budget, nodes: 1 } };
    expect(sized({}, oneNode)).toEqual([
      "spread.hosts 'required' on 1 node keeps nothing apart; use 'preferred' or add nodes",
    ]);
  });

  it('when a request is above its limit', () => {
    expect(sized({ requests: { cpuMillis: 2_000, memoryMiB: 128, ephemeralMiB: 1_024 } })).toEqual([
      'requests.cpuMillis 2000 is above limits.cpuMillis 1000; lower the request or raise the limit',
    ]);
  });

  it('when a request or a limit is nothing', () => {
    expect(sized({ limits: { cpuMillis: 0, memoryMiB: -1, ephemeralMiB: 2_048 } })).toEqual([
      'limits.cpuMillis is 0; give it a number above 0',
      'limits.memoryMiB is -1; give it a number above 0',
    ]);
  });

  it('when disk is asked for without a limit, or limited without being asked for', () => {
    expect(sized({ limits: { cpuMillis: 1_000, memoryMiB: 1_024, ephemeralMiB: null } })).toEqual([
      'ephemeralMiB has a request only; give both or neither',
    ]);
    expect(sized({ requests: { cpuMillis: 100, memoryMiB: 128, ephemeralMiB: null } })).toEqual([
      'ephemeralMiB has a limit only; give both or neither',
    ]);
  });

  it('exactly when the autoscaler or a drain could not work', () => {
    const pods = fc.integer({ min: 0, max: 8 });
    fc.assert(
      fc.property(pods, pods, (floor, ceiling) => {
        const works = floor >= 1 && floor < ceiling && (floor === 1 || floor > 2);
        expect(sized({ floor, ceiling }).length === 0).toBe(works);
      }),
    );
  });
});
