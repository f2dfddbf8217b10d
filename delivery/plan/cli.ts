import { existsSync, readFileSync } from 'node:fs';
import { environments } from '../../charts/environments/all.ts';
import { readText } from '../../guardrails/input/parse.ts';
import { start } from '../../guardrails/judge/ask.ts';
import { judgeOfThisMachine } from '../../guardrails/judge/judge.ts';
import { placementQuestion } from '../../output/judge.ts';
import { runCommand, UsageError } from '../command.ts';
import { Git } from '../git.ts';
import { distFile } from '../rendered.ts';
import { type EnvironmentPlan, planOf, type Side, stuckIn } from './plan.ts';
import { renderPlan, renderPlanMarkdown } from './render.ts';

const USAGE = `What dist/ does to the clusters, before it is applied: where Kubernetes' own scheduler puts each pod, what a lost node or
zone leaves, how long the rollout of a change takes, quotas, requests and their price ('prices' in the budget).

  npm run plan                              every environment, against the last commit
  npm run plan -- production --base main    one, against a revision
  ... --json, --markdown                    for a program, for a pull-request comment

Assumed of a rollout: the number of pods is the minimum, images are on the nodes, and nothing else changes meanwhile.
`;

type Environment = (typeof environments)[number];

async function main(names: readonly string[], base: string): Promise<readonly EnvironmentPlan[]> {
  const unknown = names.find((name) => !environments.some((environment) => environment.name === name));
  if (unknown !== undefined)
    throw new UsageError(`no environment '${unknown}'; there are ${environments.map(({ name }) => name).join(', ')}`);
  const git = new Git(process.cwd());
  const revision = await git.resolve(base);
  const wanted = environments.filter(({ name }) => names.length === 0 || names.includes(name));
  return Promise.all(wanted.map((environment) => planSince(git, revision, environment)));
}

async function planSince(git: Git, base: string, environment: Environment): Promise<EnvironmentPlan> {
  const file = distFile(environment.name);
  if (!existsSync(file)) throw new Error(`${file} is missing: run npm run synth`);
  const old = (await git.files(base, file)).length === 0 ? undefined : await git.text(base, file);
  const now = readFileSync(file, 'utf8');
  const after = sideOf(environment, file, now);
  const before = old === undefined ? undefined : old === now ? after : sideOf(environment, file, old);
  return planOf(environment, before?.(), after());
}

/** Asks the scheduler about one state, and waits only when the answer is wanted. */
function sideOf(environment: Environment, file: string, text: string): () => Side {
  const { judge, unasked } = judgeOfThisMachine();
  if (judge === undefined) throw new Error(unasked ?? 'the judge is switched off');
  const { objects } = readText(file, text);
  const wait = start(judge.program(environment.kubernetesVersion), [placementQuestion(environment, objects)]);
  let side: Side | undefined;
  return () => {
    side ??= { objects, answer: wait()[0] ?? { id: 0 } };
    return side;
  };
}

await runCommand({
  name: 'plan',
  usage: USAGE,
  finding: 'a pod stays pending',
  options: {
    base: { type: 'string', default: 'HEAD' },
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
  },
  main: async ({ values, positionals }) => {
    const plans = await main(positionals, values.base);
    const show = values.markdown ? renderPlanMarkdown : renderPlan;
    process.stdout.write(values.json ? `${JSON.stringify(plans, null, 2)}\n` : plans.map(show).join('\n'));
    return plans.some((plan) => stuckIn(plan) > 0) ? 1 : 0;
  },
});
