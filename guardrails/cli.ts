import { run } from './run.ts';

const { code, out, err } = run(
  process.argv.slice(2),
  process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
);
process.stdout.write(out);
process.stderr.write(err);
process.exitCode = code;
