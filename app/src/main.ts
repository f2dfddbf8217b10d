import { ConfigError, readConfig } from './runtime/config.ts';
import { attachProcessEvents } from './runtime/process-events.ts';
import { runService } from './runtime/run-service.ts';
import { loadService } from './services/registry.ts';

/** One process, one service: `SERVICE` selects which. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const running = await runService({ module: await loadService(config.service), config, env: process.env });
  attachProcessEvents(running, config);
}

main().catch((error: unknown) => {
  // A refused configuration is the operator's to read: its problems, not a stack.
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
});
