import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../charts/catalog.ts';
import { checkPlatform } from '../../guardrails/engine.ts';
import { isRecord } from '../../guardrails/field.ts';
import { parseText } from '../../guardrails/input/parse.ts';
import { ask } from '../../guardrails/judge/ask.ts';
import { judgeOfThisMachine } from '../../guardrails/judge/judge.ts';
import type { ObjectAnswer } from '../../guardrails/judge/protocol.ts';
import type { Finding } from '../../guardrails/rule.ts';
import { mutate, type Operator, type Target, targetsOf } from './operator.ts';
import { FIGURES } from './operators-figures.ts';
import { INCIDENTS } from './operators-incidents.ts';
import { ISOLATION } from './operators-isolation.ts';
import { MONITORING } from './operators-monitoring.ts';
import { OBJECTS } from './operators-objects.ts';
import { QUIET } from './operators-quiet.ts';
import { REFERENCES } from './operators-references.ts';
import { SHAPES } from './operators-schema.ts';
import { TRAFFIC } from './operators-traffic.ts';
import { SURVIVORS } from './survivors.ts';

const OPERATORS: readonly Operator[] = [
  ...OBJECTS,
  ...TRAFFIC,
  ...REFERENCES,
  ...SHAPES,
  ...FIGURES,
  ...ISOLATION,
  ...MONITORING,
  ...QUIET,
  ...INCIDENTS,
];

const { judge: asked, unasked } = judgeOfThisMachine();
if (unasked !== undefined) console.warn(`${unasked}: the share of mutations that are caught is not judged`);

/** The rendered truth of the environments that promise most and least, the addons with them. */
const ENVIRONMENTS = ['production', 'staging', 'dev'] as const;
const platforms = new Map(ENVIRONMENTS.map((name) => [name, read(name)] as const));
const before = new Map([...platforms].map(([name, objects]) => [name, new Set(judge(objects).map(say))]));

function read(environment: string): readonly unknown[] {
  const files = [`${environment}.k8s.yaml`, `addons/${environment}.k8s.yaml`].map(
    (file) => new URL(`../../dist/${file}`, import.meta.url),
  );
  return files
    .filter((file) => existsSync(file))
    .flatMap((file) => parseText(file.pathname, readFileSync(file, 'utf8')).objects);
}

function judge(objects: readonly unknown[]): readonly Finding[] {
  return checkPlatform([{ file: 'dist', objects }]).filter(({ severity }) => severity !== 'note');
}

function say({ rule, kind, name, path, message }: Finding): string {
  return `${rule} ${kind}/${name} ${path} ${message}`;
}

interface Attempt {
  readonly name: string;
  readonly environment: (typeof ENVIRONMENTS)[number];
  readonly objects: readonly unknown[];
  readonly caughtBy: readonly string[];
}

/** Services of others: what is a mistake in one of ours (another version, a port that nobody names) may be none in them. */
const foreign = new Set(catalog.filter(({ image }) => image !== undefined).map(({ name }) => name));

/** The first place in the first environment that has one: a mistake is as good in one service as in its siblings. */
function attempts(operator: Operator): readonly Attempt[] {
  for (const [environment, objects] of platforms) {
    const [target] = targetsOf(operator, objects).filter(({ object }) => !foreign.has(nameOf(objects[object])));
    if (target) return [attempt(environment, objects, target)];
  }
  return [];
}

function nameOf(object: unknown): string {
  return isRecord(object) && isRecord(object['metadata']) ? String(object['metadata']['name']) : '';
}

function attempt(environment: (typeof ENVIRONMENTS)[number], objects: readonly unknown[], target: Target): Attempt {
  const name = `${environment} ${target.operator.kind}/${nameOf(objects[target.object])}: ${target.operator.name}`;
  const mutated = mutate(objects, target);
  const found = judge(mutated).filter((finding) => !before.get(environment)?.has(say(finding)));
  return { name, environment, objects: mutated, caughtBy: [...new Set(found.map(({ rule }) => rule))] };
}

/** The judge is asked about what no rule finds, and about the platforms as they are, in one run. */
function caughtByJudge(missed: readonly Attempt[]): ReadonlySet<Attempt> {
  const program = asked?.program();
  if (program === undefined) return new Set();
  const question = (objects: readonly unknown[]) => ({
    ask: 'objects' as const,
    objects: objects.map((object) => ({ object })),
    assume: true,
  });
  const answers = ask(program, [
    ...ENVIRONMENTS.map((name) => question(platforms.get(name) ?? [])),
    ...missed.map(({ objects }) => question(objects)),
  ]).map(({ answers: all = [] }) => new Set(all.flatMap(refusals)));
  return new Set(
    missed.filter(({ environment }, index) => {
      const usual = answers[ENVIRONMENTS.indexOf(environment)];
      return [...(answers[ENVIRONMENTS.length + index] ?? [])].some((refusal) => !usual?.has(refusal));
    }),
  );
}

function refusals({ verdict, message, pods, texts = [] }: ObjectAnswer): readonly string[] {
  return [
    ...(verdict === 'refused' ? [`refused: ${message}`] : []),
    ...(pods?.verdict === 'refused' ? [`pods: ${pods.message}`] : []),
    ...texts.map((text) => `text: ${text.message}`),
  ];
}

const tried = OPERATORS.flatMap(attempts);
const byJudge = caughtByJudge(tried.filter(({ caughtBy }) => caughtBy.length === 0));
const all = tried.map((one) => (byJudge.has(one) ? { ...one, caughtBy: ['judge'] } : one));
const survived = all.filter(({ caughtBy }) => caughtBy.length === 0).map(({ name }) => name);

describe('mutations of the rendered platform', () => {
  it('starts from a platform in which nothing is found', () => {
    for (const [, objects] of platforms) expect(judge(objects)).toEqual([]);
  });

  it('tries at least 120 realistic mistakes', () => {
    expect(all.length).toBeGreaterThanOrEqual(120);
  });

  it.skipIf(asked === undefined)('catches at least 98 % of them', () => {
    const share = (all.length - survived.length) / all.length;
    console.log(
      `${all.length} mutations, ${all.length - survived.length} caught (${(share * 100).toFixed(1)} %), ${byJudge.size} of them by the judge alone`,
    );
    expect(share, survived.join('\n')).toBeGreaterThanOrEqual(0.98);
  });

  it.skipIf(asked === undefined)('knows its survivors, and why each is no fault', () => {
    expect(survived.toSorted()).toEqual(Object.keys(SURVIVORS).toSorted());
  });

  it('catches them by many rules, not by one that fires at everything', () => {
    expect(new Set(all.flatMap(({ caughtBy }) => caughtBy)).size).toBeGreaterThanOrEqual(30);
  });
});
