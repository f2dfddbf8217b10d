import { Git } from '../git.ts';
import { run } from '../run.ts';
import { promote } from './promote.ts';
import { parseRequest, USAGE } from './request.ts';

async function main(args: readonly string[]): Promise<void> {
  const help = args.includes('--help');
  process.stdout.write(help ? USAGE : await promote(parseRequest(args), { git: new Git(process.cwd()), run }));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`promote: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
