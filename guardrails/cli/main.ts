import { run } from './run.ts';

/** Who reads only the head of a report closes the pipe; a disk that is full is no reason for a stack trace either. */
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') return;
  process.stderr.write(`the report cannot be written: ${message}\n`);
  process.exitCode = 2;
});
run(process.argv.slice(2), {
  colour: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
  today: new Date().toISOString().slice(0, 10),
}).then(({ code, out, err }) => {
  process.exitCode = code;
  process.stdout.write(out);
  process.stderr.write(err);
});
