import { environments } from '../../charts/environments/all.ts';
import { locateJudge } from '../../guardrails/judge/locate.ts';
import { run } from '../run.ts';
import { chooseEnvironments } from './cluster-test.ts';
import { examine, lacksSomething, renderExamination } from './doctor.ts';
import { Kubectl } from './kubectl.ts';

function judgeLine(program: string | undefined): string {
  return program === undefined
    ? 'this machine: the judge is not built, so Kubernetes itself is not asked at synthesis; npm run judge'
    : `this machine: the judge is ${program}`;
}

async function main(names: readonly string[]): Promise<number> {
  const wanted = chooseEnvironments(environments, names);
  const examinations = await examine(new Kubectl(run, process.cwd()), process.cwd(), wanted);
  process.stdout.write(`${judgeLine(locateJudge())}\n\n${renderExamination(examinations)}`);
  return lacksSomething(examinations) ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`doctor: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
