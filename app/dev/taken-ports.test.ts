import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { planPorts, takenPorts } from './ports.ts';

it('names the ports on which something listens already', async () => {
  const plan = planPorts(20_000 + (process.pid % 400) * 25);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(plan.admin.front, () => resolve()));
  expect(await takenPorts(plan)).toEqual([plan.admin.front]);
  await new Promise((resolve) => server.close(resolve));
  expect(await takenPorts(plan)).toEqual([]);
});
