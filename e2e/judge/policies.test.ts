import { describe, expect, it } from 'vitest';
import { readPlatform } from '../../guardrails/engine.ts';
import { parseText } from '../../guardrails/input/parse.ts';
import { networkOf } from '../../guardrails/network/network.ts';
import type { Endpoint } from '../../guardrails/network/policy.ts';
import { requireProgram } from '../../test/requires.ts';
import { numbersFrom } from './mutate.ts';
import { askEngine, type World } from './policy-engine.ts';
import { OUTSIDE, randomWorld } from './worlds.ts';

/** How many random worlds are compared, and how many pairs in each. */
const WORLDS = Number(process.env['JUDGE_WORLDS'] ?? 500);
const SEED = Number(process.env['JUDGE_SEED'] ?? 1);
const CONNECTIONS = 20;

/** What our table says of the connections of a world, from its manifests alone. */
function table({ namespaces, pods, policies, connections }: World): readonly boolean[] {
  const spaces = namespaces.map((namespace) => ({ apiVersion: 'v1', kind: 'Namespace', ...namespace }));
  const text = [...spaces, ...pods, ...policies].map((object) => JSON.stringify(object)).join('\n---\n');
  const network = networkOf(readPlatform([parseText('world.yaml', text)]));
  const endpoints = new Map<string, Endpoint>(network.pods.map((pod, index) => [`100.64.0.${index + 1}`, pod]));
  for (const ip of OUTSIDE) endpoints.set(ip, { kind: 'address', name: ip, ip });
  return connections.map(({ from, to, port, protocol }) => {
    const [one, other] = [endpoints.get(from), endpoints.get(to)];
    return one !== undefined && other !== undefined && network.allows(one, other, { number: port, protocol });
  });
}

describe.skipIf(requireProgram('go') === undefined)('the table of who reaches whom and a real policy engine', () => {
  it(`say the same of ${WORLDS * CONNECTIONS} connections`, { timeout: 1_800_000 }, async () => {
    const random = numbersFrom(SEED);
    const worlds = Array.from({ length: WORLDS }, () => randomWorld(random, CONNECTIONS));
    const real = await askEngine(worlds);
    const disagreements = worlds.flatMap((world, index) => {
      const ours = table(world);
      return world.connections.flatMap((connection, number) => {
        const allowed = real[index]?.[number];
        if (ours[number] === allowed) return [];
        const { namespaces, pods, policies } = world;
        return [
          `engine: ${allowed}, table: ${ours[number]}\n${JSON.stringify({ connection, namespaces, pods, policies })}`,
        ];
      });
    });
    const allowed = real.flat().filter((verdict) => verdict).length;
    console.log(`${real.flat().length} connections: ${allowed} allowed, ${disagreements.length} disagreements`);
    expect(allowed, 'connections that are let through').toBeGreaterThan((WORLDS * CONNECTIONS) / 10);
    expect(real.flat().length - allowed, 'connections that are denied').toBeGreaterThan((WORLDS * CONNECTIONS) / 10);
    expect(disagreements).toEqual([]);
  });
});
