import { run } from './run.ts';

/** `head` closes the pipe before the report ends; a full disk gets one line, not a stack trace. */
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') return;
  process.stderr.write(`the report cannot be written: ${message}\n`);
  process.exitCode = 2;
});
run(process.argv.slice(2), {
  colour: process.stdout.isTTY === true && (process.env['NO_COLOR'] ?? '') === '',
  today: new Date().toISOString().slice(0, 10),
}).then(({ code, out, err }) => {
  process.exitCode = code;
  process.stdout.write(out);
  process.stderr.write(err);
});
