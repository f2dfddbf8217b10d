import { run } from './run.ts';

/** Who reads only the head of a report closes the pipe: no reason for a stack trace. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
run(process.argv.slice(2), {
  colour: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
  today: new Date().toISOString().slice(0, 10),
}).then(({ code, out, err }) => {
  process.stdout.write(out);
  process.stderr.write(err);
  process.exitCode = code;
});
