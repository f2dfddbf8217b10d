import { Git } from '../git.ts';
import { run } from '../run.ts';
import { promote } from './promote.ts';
import { parseRequest } from './request.ts';

async function main(args: readonly string[]): Promise<void> {
  process.stdout.write(await promote(parseRequest(args), { git: new Git(process.cwd()), run }));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`promote: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
