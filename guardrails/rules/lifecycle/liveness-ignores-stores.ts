import { WORKLOAD } from '../../annotations.ts';
import { probeTarget } from '../../probes.ts';
import type { Rule } from '../../rule.ts';

/** Paths that ask, by their name, whether what the process needs is there. */
const ASKS_OTHERS =
  /(^|[/_-])(ready|readyz|readiness|deps|dependencies|deep|full|db|redis|postgres|database)($|[/_-])/i;
/** A command that asks a server, and how it names another host. */
const ASKS = /\b(?:redis-cli|valkey-cli|pg_isready|mysqladmin|mongosh?|nc|curl|wget)\b/;
const HOST = /(?:\s-h\s+|:\/\/|--host[= ])(?!localhost\b|127\.|\[?::1|"?\$)([\w.-]+)/;

export const livenessIgnoresStores: Rule = {
  id: 'liveness-ignores-stores',
  title: 'Liveness asks the process alone, never a store or another service',
  rationale:
    'A restart cannot mend what another pod lacks: when the store is away, every client of it is restarted again and again.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/#liveness-probe',
  *check(platform) {
    for (const workload of platform.workloads) {
      const own = platform.environmentOf(workload.namespace) !== undefined;
      const stores = workload.resource.annotations[WORKLOAD.stores] ?? 'what it depends on';
      for (const container of workload.running) {
        const probe = container.field.at('livenessProbe');
        const path = probeTarget(container, probe)?.path;
        const command = probe
          .at('exec', 'command')
          .items.map(({ text }) => text ?? '')
          .join(' ');
        const asks = ASKS.exec(command);
        const host = asks && HOST.exec(command.slice(asks.index))?.[1];
        if (typeof host === 'string') {
          yield {
            at: probe.at('exec', 'command'),
            message: `liveness of container ${container.name} asks ${host}, another host`,
            fix: 'Ask the process itself, on localhost; whether others answer is for readiness.',
          };
        }
        if (path === undefined || !ASKS_OTHERS.test(path)) continue;
        yield {
          at: probe.at('httpGet', 'path'),
          message: `liveness of container ${container.name} asks ${path}, which tells of ${stores}`,
          fix: 'Let liveness ask a path that tells only whether the process itself works.',
          severity: own ? 'error' : 'note',
        };
      }
    }
  },
};
