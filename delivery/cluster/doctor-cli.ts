import { environments } from '../../charts/environments/all.ts';
import { run } from '../run.ts';
import { chooseEnvironments } from './cluster-test.ts';
import { examine, lacksSomething, renderExamination } from './doctor.ts';
import { Kubectl } from './kubectl.ts';

async function main(names: readonly string[]): Promise<number> {
  const wanted = chooseEnvironments(environments, names);
  const examinations = await examine(new Kubectl(run, process.cwd()), process.cwd(), wanted);
  process.stdout.write(renderExamination(examinations));
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
