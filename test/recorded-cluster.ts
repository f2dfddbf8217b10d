import type { Outcome, Run } from '../delivery/run.ts';

/** Answers of kubectl in the shapes that a real cluster gives, by the arguments that ask for them; for tests. */
export interface Recording {
  /** `get KIND --output=json`: the names (or whole objects) of that kind. */
  readonly lists?: Readonly<Record<string, readonly unknown[]>>;
  /** `get --raw PATH`. */
  readonly raw?: Readonly<Record<string, unknown>>;
  /** Everything else: by a part of the command line. */
  readonly others?: Readonly<Record<string, Partial<Outcome>>>;
}

/** Plays kubectl from a recording, and keeps what it was asked. */
export function recordedCluster(recording: Recording): { run: Run; asked: { args: string; input: string }[] } {
  const asked: { args: string; input: string }[] = [];
  const run: Run = async (program, args, { input }) => {
    asked.push({ args: [program, ...args].join(' '), input: input ?? '' });
    return { code: 0, stdout: '', stderr: '', ...answer(recording, args) };
  };
  return { run, asked };
}

function answer({ lists = {}, raw = {}, others = {} }: Recording, args: readonly string[]): Partial<Outcome> {
  const line = args.join(' ');
  const other = Object.entries(others).find(([part]) => line.includes(part));
  if (other) return other[1];
  if (args[0] !== 'get') return {};
  if (args[1] === '--raw') {
    const value = raw[args[2] ?? ''];
    return value === undefined
      ? { code: 1, stderr: 'Error from server (NotFound)' }
      : { stdout: JSON.stringify(value) };
  }
  if (!args.includes('--output=json')) return {};
  const items = lists[args[1] ?? ''];
  if (items === undefined) return { code: 1, stderr: `error: the server doesn't have a resource type "${args[1]}"` };
  return {
    stdout: JSON.stringify({
      kind: 'List',
      items: items.map((item) => (typeof item === 'string' ? { metadata: { name: item } } : item)),
    }),
  };
}
