import { Git } from '../git.ts';
import { Registries } from '../registry.ts';
import { run } from '../run.ts';
import { promote } from './promote.ts';
import { parseRequest, USAGE } from './request.ts';

async function main(args: readonly string[]): Promise<void> {
  const help = args.includes('--help');
  process.stdout.write(help ? USAGE : await promoted(args));
}

function promoted(args: readonly string[]): Promise<string> {
  const request = parseRequest(args);
  const { PROMETHEUS_URL, REGISTRY_LOGIN } = process.env;
  const prometheus = request.prometheus ?? PROMETHEUS_URL;
  return promote(request, {
    git: new Git(process.cwd()),
    run,
    registries: new Registries(REGISTRY_LOGIN),
    now: () => new Date(),
    ...(prometheus === undefined || prometheus === '' ? {} : { prometheus }),
  });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`promote: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
