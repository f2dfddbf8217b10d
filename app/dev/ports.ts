import { createServer } from 'node:net';
import { SERVICES, type ServiceName } from '../contract.ts';

/** Where people find the front on a laptop. */
export const FRONT_PORT = 8080;

/** Every port of the platform on a laptop; all follow from the front's, so that two platforms can stand side by side. */
export interface PortPlan {
  readonly http: Readonly<Record<ServiceName, number>>;
  readonly admin: Readonly<Record<ServiceName, number>>;
  /** Of the dashboard, which also takes traces. */
  readonly dashboard: number;
  readonly redis: number;
}

/** Ports that are kept for services: a ninth one moves what follows, and no address of a laptop changes before. */
const ROOM = Math.max(8, SERVICES.length);
const ADMIN_OFFSET = 1;
const DASHBOARD_OFFSET = ADMIN_OFFSET + ROOM;
const HTTP_OFFSET = DASHBOARD_OFFSET + 1;
const REDIS_OFFSET = 2 * HTTP_OFFSET;

export function planPorts(front: number = FRONT_PORT): PortPlan {
  const from = (offset: number) =>
    Object.fromEntries(SERVICES.map((name, index) => [name, front + offset + index])) as Record<ServiceName, number>;
  return {
    http: { ...from(HTTP_OFFSET), front },
    admin: from(ADMIN_OFFSET),
    dashboard: front + DASHBOARD_OFFSET,
    redis: front + REDIS_OFFSET,
  };
}

/**
 * The front's port as somebody wrote it.
 * @throws Error for what is no port, or leaves no room for those that follow it
 */
export function readFrontPort(text: string): number {
  const highest = 65_535 - REDIS_OFFSET;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= highest) return port;
  throw new Error(`front port (--port, DEV_PORT): given '${text}', must be a whole number from 1 to ${highest}`);
}

/** The ports of a plan on which something listens already, in ascending order; those of services that do not run here may be somebody else's. */
export async function takenPorts(
  plan: PortPlan,
  services: readonly ServiceName[] = SERVICES,
): Promise<readonly number[]> {
  const { http, admin, dashboard, redis } = plan;
  const all = [...services.flatMap((name) => [http[name], admin[name]]), dashboard, redis].toSorted((a, b) => a - b);
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
