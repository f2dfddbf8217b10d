import { createServer } from 'node:net';
import type { PortPlan } from './ports.ts';

/** The ports of a plan on which something listens already, in ascending order. */
export async function takenPorts({ http, admin, dashboard, redis }: PortPlan): Promise<readonly number[]> {
  const all = [...Object.values(http), ...Object.values(admin), dashboard, redis].toSorted((a, b) => a - b);
  const free = await Promise.all(all.map(isFree));
  return all.filter((_, index) => !free[index]);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
