import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StubService } from '../../test/stub-service.ts';

let stub: StubService;

beforeEach(async () => {
  stub = await StubService.start(() => ({ body: {} }));
});

afterEach(async () => {
  await stub.stop();
});

/** The exit code of the program, asked about the process on a port. */
async function check(port: string): Promise<number> {
  const script = join(import.meta.dirname, 'healthcheck.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script], { env: { ...process.env, ADMIN_PORT: port } });
  const [code] = await once(child, 'exit');
  return code as number;
}

it('succeeds while the process beside it lives, and asks for nothing but that', async () => {
  expect(await check(new URL(stub.url).port)).toBe(0);
  expect(stub.requests.map(({ url }) => url)).toEqual(['/healthz']);
});

it('fails when the process answers that it does not live, or does not answer', async () => {
  stub.answers(() => ({ status: 500 }));
  expect(await check(new URL(stub.url).port)).toBe(1);
  expect(await check('1')).toBe(1);
});
