import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Table from 'cli-table3';
import { environments } from '../charts/environments/all.ts';
import { readText } from '../guardrails/input/parse.ts';
import { ask } from '../guardrails/judge/ask.ts';
import { judgeOfThisMachine } from '../guardrails/judge/judge.ts';
import type { Scenario } from '../guardrails/judge/protocol.ts';
import { runCommand, UsageError } from './command.ts';

/** Orders of the pods that are tried beside that of the file. */
const ORDERS = 5;

const USAGE = `Where the scheduler puts the pods of dist/ on the declared nodes: at the maximum, in a rollout, without each node or zone.

  npm run plan                    every environment
  npm run plan -- production      one
  ... --json                      for a program
`;

function main(names: readonly string[], json: boolean): number {
  const unknown = names.filter((name) => !environments.some((environment) => environment.name === name));
  if (unknown.length > 0) throw new UsageError(`there is no environment '${unknown.join("', '")}'`);
  const { judge, unasked } = judgeOfThisMachine();
  const program = judge?.program();
  if (program === undefined) throw new Error(unasked ?? 'the judge is switched off');
  const answers: Record<string, readonly Scenario[]> = {};
  for (const environment of environments.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const file = join('dist', `${environment.name}.k8s.yaml`);
    const document = readText(file, readFileSync(file, 'utf8'));
    const objects = document.objects.map((object) => ({ object }));
    const [reply] = ask(program, [{ ask: 'placement', objects, nodes: nodesOf(environment), orders: ORDERS }]);
    answers[environment.name] = reply?.scenarios ?? [];
    if (!json) report(environment, reply?.scenarios ?? []);
  }
  if (json) console.log(JSON.stringify(answers, null, 2));
  return Object.values(answers)
    .flat()
    .some(({ pending }) => pending.length > 0)
    ? 1
    : 0;
}

type Environment = (typeof environments)[number];

function nodesOf({ budget }: Environment) {
  return Array.from({ length: budget.nodes }, (_, index) => ({
    name: `node-${index + 1}`,
    zone: `zone-${(index % budget.zones) + 1}`,
    cpu: `${budget.cpuMillisPerNode}m`,
    memory: `${budget.memoryMiBPerNode}Mi`,
    pods: String(budget.podsPerNode),
  }));
}

/** Prints the placement at the maximum, then a line for each situation; losses that leave nothing pending share one line. */
function report({ name, budget }: Environment, scenarios: readonly Scenario[]): void {
  console.log(
    `${name}: ${budget.nodes} nodes of ${budget.cpuMillisPerNode}m CPU in ${budget.zones} zones, at the maximum`,
  );
  const table = new Table({
    head: ['node', 'pods', 'which'],
    colWidths: [12, 6, 100],
    wordWrap: true,
    style: { head: [] },
  });
  for (const [node, pods] of Object.entries(scenarios.find((one) => one.name === 'maximum')?.nodes ?? {}))
    table.push([node, pods.length, counted(pods)]);
  console.log(table.toString());
  const quiet = scenarios.filter((one) => one.name.startsWith('without') && one.pending.length === 0);
  for (const one of scenarios.filter((scenario) => !quiet.includes(scenario)))
    console.log(
      `  ${one.name}: ${one.pods} pods, ${one.pending.length === 0 ? 'all placed' : `${one.pending.length} pending`}`,
    );
  if (quiet.length > 0) console.log(`  ${quiet.map((one) => one.name).join(', ')}: all placed`);
  const waiting = scenarios.flatMap((one) =>
    one.pending.slice(0, 1).map(({ pod, why }) => `    ${one.name}: ${pod}: ${why}`),
  );
  for (const line of waiting) console.log(line);
}

/** `quotes 3, users 2`, from the names of pods. */
function counted(pods: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    const workload = pod.replace(/^[^/]*\//, '').replace(/-[^-]*$/, '');
    counts.set(workload, (counts.get(workload) ?? 0) + 1);
  }
  return [...counts].map(([workload, count]) => `${workload} ${count}`).join(', ');
}

await runCommand({
  name: 'plan',
  usage: USAGE,
  finding: 'a pod stays pending',
  options: { json: { type: 'boolean', default: false } },
  main: ({ values, positionals }) => main(positionals, values.json),
});
