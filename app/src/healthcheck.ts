import { ADMIN_PATHS, ENV, PORTS } from '../contract.ts';

/** Below the 5 s that the image's HEALTHCHECK grants. */
const TIMEOUT_MS = 4_000;

/** The image's HEALTHCHECK: exit code 0 while the process beside it lives. A container engine may restart what is unhealthy, so it never depends on Redis. */
async function main(): Promise<void> {
  const port = process.env[ENV.adminPort] || PORTS.admin;
  const url = `http://127.0.0.1:${port}${ADMIN_PATHS.live}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
