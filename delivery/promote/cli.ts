import { runCommand } from '../command.ts';
import { Git } from '../git.ts';
import { Registries } from '../registry.ts';
import { run } from '../run.ts';
import { promote } from './promote.ts';
import { OPTIONS, requestOf } from './request.ts';

const USAGE = `Puts a release into an environment: edits its record, synthesizes, and shows what would change. What is refused changes nothing.

  npm run promote -- staging --tag 1.2.3 --digest sha256:...
  npm run promote -- production --from staging      what staging runs, to the byte
  ... --prometheus URL                              of the environment before (or PROMETHEUS_URL; PROMETHEUS_TOKEN where it asks for one)
  ... --backwards                                   to an older version, which ran there before
  ... --emergency "reason"                          passes over the environment before; the reason goes into the commit
  ... --report FILE                                 writes the message of the commit: what was proven, and by whom
  ... --registry HOST                               stands in for the image's own, where no signature is asked
`;

await runCommand({
  name: 'promote',
  usage: USAGE,
  options: OPTIONS,
  main: async (given) => {
    const request = requestOf(given);
    const { PROMETHEUS_URL, REGISTRY_LOGIN } = process.env;
    const prometheus = request.prometheus ?? PROMETHEUS_URL;
    const shown = await promote(request, {
      git: new Git(process.cwd()),
      run,
      registries: new Registries(REGISTRY_LOGIN),
      now: () => new Date(),
      ...(prometheus === undefined || prometheus === '' ? {} : { prometheus }),
    });
    process.stdout.write(shown);
    return 0;
  },
});
