import { spawnSync } from 'node:child_process';
import { TASKS, type Task, TOPICS } from './tasks.ts';

const tasks: Readonly<Record<string, Task>> = TASKS;

function list(): string {
  const lines = (topic: Task['topic']) =>
    Object.entries(tasks)
      .filter(([name, task]) => task.topic === topic && name !== 'start')
      .map(([name, { summary }]) => `  ${name.padEnd(20)} ${summary}`);
  const sections = TOPICS.map((topic) =>
    [`${topic[0]?.toUpperCase()}${topic.slice(1)}`, ...lines(topic), ''].join('\n'),
  );
  return `npm run COMMAND; npm run COMMAND -- --help says more.\n\n${sections.join('\n')}`;
}

function help(name: string, { summary, steps = [] }: Task): string {
  const made = steps.map((step) => `  ${step}`).join('\n');
  return `npm run ${name}: ${summary}. It runs, one after the other:\n\n${made}\n\nWhat follows -- goes to the last one.\nExit codes: 0 done; else that of the step that failed, which ends it.\n`;
}

function run(steps: readonly string[], args: readonly string[]): number {
  for (const [index, step] of steps.entries()) {
    const began = performance.now();
    const isLast = index === steps.length - 1;
    const progress = steps.length > 1 ? `[${index + 1}/${steps.length}] ${step}` : '';
    if (progress !== '') console.error(progress);
    const [program = '', ...words] = [...step.split(' '), ...(isLast ? args : [])];
    const { status, error } = spawnSync(program, words, { stdio: 'inherit' });
    if (status !== 0) {
      const missing = error !== undefined && 'code' in error && error.code === 'ENOENT';
      const why = missing ? `${program} is not installed, or not on the PATH` : error?.message;
      console.error(`${step}: ${why ?? `ended with ${status}`}`);
      return status ?? 1;
    }
    if (progress !== '') console.error(`${progress}: ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  }
  return 0;
}

const [name = 'help', ...args] = process.argv.slice(2);
const task = tasks[name];
if (name === 'help' || name === 'start') process.stdout.write(list());
else if (task?.steps === undefined) {
  console.error(`'${name}' has no steps; npm run help lists the commands`);
  process.exitCode = 2;
} else if (args.includes('--help')) process.stdout.write(help(name, task));
else process.exitCode = run(task.steps, args);
