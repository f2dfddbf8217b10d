import { parseArgs } from 'node:util';
import { SERVICES, type ServiceName } from '../contract.ts';
import { FRONT_PORT, readFrontPort } from './ports.ts';

export const USAGE = `The whole platform on this laptop, restarted when its sources change, stopped by Ctrl-C.

  npm run dev                          every service, on http://localhost:${FRONT_PORT}
  npm run dev -- --only quotes,search  these services alone
  npm run dev -- --port 9000           the front's port; every other port and the data folder follow it
  npm run dev -- --public              listen for other machines too; the admin key of dev is in the README
  npm run dev -- seed                  add the seed quotes to a platform that runs
  npm run dev -- reset                 remove the data of a platform that does not run

Variables (.env is read): DEV_PORT, DEV_DATA, DEV_STORE, REDIS_URL, ADMIN_KEY, LOG_LEVEL.
Exit codes: 0 stopped, 1 a problem that the output names.
`;

const COMMANDS = ['run', 'seed', 'reset', 'help'] as const;

export interface DevOptions {
  readonly command: (typeof COMMANDS)[number];
  readonly only: readonly ServiceName[];
  readonly frontPort: number;
  readonly host: '127.0.0.1' | '0.0.0.0';
}

/**
 * Reads the command line; a variable stands in for an option that is not given.
 * @throws Error with every problem at once
 */
export function readOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): DevOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      port: { type: 'string' },
      public: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const command = values.help ? 'help' : COMMANDS.find((name) => name === (positionals[0] ?? 'run'));
  const wanted = values.only?.split(',') ?? SERVICES;
  const only = SERVICES.filter((name) => wanted.includes(name));
  const unknown = wanted.filter((name) => !SERVICES.some((service) => service === name));
  const problems = [
    ...(command === undefined || positionals.length > 1 ? [`'${positionals.join(' ')}' is not a command`] : []),
    ...unknown.map((name) => `--only: there is no service '${name}'; give some of ${SERVICES.join(', ')}`),
  ];
  if (command === undefined || problems.length > 0) throw new Error(`${problems.join('\n')}\n\n${USAGE}`);
  const port = values.port ?? env['DEV_PORT'];
  const frontPort = port === undefined ? FRONT_PORT : readFrontPort(port);
  return { command, only, frontPort, host: values.public ? '0.0.0.0' : '127.0.0.1' };
}
