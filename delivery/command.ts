import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type Given<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true; args: string[] }>>;

export interface Command<O extends Options> {
  /** As in `npm run <name>`. */
  readonly name: string;
  /** All that --help prints, the exit codes left out: what it does, then an example a line. */
  readonly usage: string;
  /** Beside --help. @default - none */
  readonly options?: O;
  /** What 1 means, where the command judges something. @default - it failed, and the output says why and what to do */
  readonly finding?: string;
  /** The exit code. @default - 0 where it returns nothing */
  readonly main: (given: Given<O>) => Promise<number | undefined> | number | undefined;
}

/** What is wrong is the command line itself: it ends with 2, and --help is recommended. */
export class UsageError extends Error {}

const HELP = { help: { type: 'boolean', short: 'h' } } as const;

/** Runs a command as every `npm run` does: the same --help, the same exit codes, one line for what went wrong. */
export async function runCommand<const O extends Options>(command: Command<O>, args = process.argv.slice(2)) {
  const { name, options = {} as O, main } = command;
  try {
    const { help } = parseArgs({ args, strict: false, options: HELP }).values;
    if (help === true) return void process.stdout.write(helpText(command));
    process.exitCode = (await main(parseArgs({ args, allowPositionals: true, options }))) ?? 0;
  } catch (error) {
    const isUsage = error instanceof UsageError || isParseError(error);
    const hint = isUsage ? `\nnpm run ${name} -- --help says what there is` : '';
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}${hint}\n`);
    process.exitCode = isUsage || command.finding !== undefined ? 2 : 1;
  }
}

function helpText({ usage, finding }: Pick<Command<Options>, 'usage' | 'finding'>): string {
  const codes =
    finding === undefined
      ? '0 done; 1 it failed, and the output says why; 2 the command line is wrong'
      : `0 nothing found; 1 ${finding}; 2 the command line is wrong, or something that it needs is missing`;
  return `${usage.trimEnd()}\n\nExit codes: ${codes}.\n`;
}

function isParseError(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
