import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('ends a process that cannot load a module, though its caller takes the error', () => {
  const events = new URL('./process-events.ts', import.meta.url);
  const program = `
    const { loadedLate } = await import('${events}');
    await loadedLate(import('node:no-such-module')).catch(() => console.log('taken'));
    await new Promise((resolve) => setImmediate(resolve));
    console.log('goes on');`;
  const run = () =>
    execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  expect(run).toThrow(/no-such-module/);
});
