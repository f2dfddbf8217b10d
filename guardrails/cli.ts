import { run } from './run.ts';

const { code, out, err } = run(
  process.argv.slice(2),
  process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
);
/** Who reads only the head of a report closes the pipe: no reason for a stack trace. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.stdout.write(out);
process.stderr.write(err);
process.exitCode = code;
