import { describe, expect, it } from 'vitest';
import { catalog } from '../charts/catalog.ts';
import { dev } from '../charts/environments/dev.ts';
import { production } from '../charts/environments/production.ts';
import { staging } from '../charts/environments/staging.ts';
import { sizeOf } from '../charts/plan/sizing.ts';
import { renderedObjects } from '../delivery/rendered.ts';
import { ask } from '../guardrails/judge/ask.ts';
import { judgeOfThisMachine } from '../guardrails/judge/judge.ts';
import { ROOT } from '../root.ts';

const program = judgeOfThisMachine().judge?.program();
/** What a machine of two cores and eight gigabytes lets pods have. */
const nodes = ['a', 'b'].map((name) => ({ name, cpu: '1900m', memory: '7000Mi', pods: '110' }));

function pendingOf(...environments: readonly string[]): Readonly<Record<string, number>> {
  const objects = environments.flatMap((name) => renderedObjects(ROOT, name)).map((object) => ({ object }));
  const [reply] = ask(program ?? '', [{ ask: 'placement', objects, nodes, orders: 5 }]);
  return Object.fromEntries((reply?.scenarios ?? []).map(({ name, pending }) => [name, pending.length]));
}

describe('two nodes of two cores', () => {
  it.skipIf(program === undefined)('have room for dev and staging together, at the maximum and in a rollout', () => {
    expect(pendingOf('dev', 'staging')).toMatchObject({ minimum: 0, maximum: 0, 'worst order': 0, rollout: 0 });
  });

  it.skipIf(program === undefined)('have no room for production', () => {
    expect(pendingOf('production')['minimum']).toBeGreaterThan(0);
  });
});

describe('a promised rate', () => {
  it('is a thousand requests a second an instance in production: a pod may ask for less only where it needs less', () => {
    expect(production.promisedRate).toBe(1_000);
    for (const service of catalog) {
      const { cpuMillis } = sizeOf(service, production).requests;
      expect([service.name, cpuMillis * 0.7 >= (service.measured?.cpuMillisPer1000 ?? 0)]).toEqual([
        service.name,
        true,
      ]);
    }
  });

  it('of a tenth makes pods small where nobody relies on more', () => {
    expect(staging.promisedRate).toBeLessThanOrEqual(100);
    for (const service of catalog) {
      expect(sizeOf(service, staging).requests.cpuMillis).toBeLessThanOrEqual(
        sizeOf(service, production).requests.cpuMillis,
      );
      if (service.resources === undefined) expect(sizeOf(service, dev).requests.cpuMillis).toBe(50);
    }
  });
});
