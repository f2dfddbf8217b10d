import { environments } from '../../charts/environments/all.ts';
import { locateJudge } from '../../guardrails/judge/locate.ts';
import { runCommand } from '../command.ts';
import { run } from '../run.ts';
import { chooseEnvironments } from './cluster-test.ts';
import { examine, lacksSomething, renderExamination } from './doctor.ts';
import { Kubectl } from './kubectl.ts';

function judgeLine(program: string | undefined): string {
  return program === undefined
    ? 'this machine: the judge is not built, so Kubernetes itself is not asked at synthesis; npm run judge'
    : `this machine: the judge is ${program}`;
}

const USAGE = `What the cluster of the current kubectl context lacks to run an environment, and what to do about it. It only reads.

  npm run doctor                    every environment
  npm run doctor -- production      one
  ... --json                        for a program
`;

await runCommand({
  name: 'doctor',
  usage: USAGE,
  finding: 'something is missing',
  options: { json: { type: 'boolean', default: false } },
  main: async ({ values, positionals }) => {
    const wanted = chooseEnvironments(environments, positionals);
    const examinations = await examine(new Kubectl(run, process.cwd()), process.cwd(), wanted);
    const text = `${judgeLine(locateJudge())}\n\n${renderExamination(examinations)}`;
    process.stdout.write(values.json ? `${JSON.stringify(examinations, null, 2)}\n` : text);
    return lacksSomething(examinations) ? 1 : 0;
  },
});
