import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';

/** The range that a cluster has unless its administrator changed it; the judge allocates none. */
const NODE_PORTS = [30000, 32767] as const;

export const hostsAreUnique: Rule = {
  id: 'hosts-are-unique',
  title: 'No two routes claim the same host and path, and no two Services the same node port',
  rationale: 'Which of the two answers depends on their age; a node port that is taken is refused.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/ingress/#multiple-matches',
  *check(platform) {
    const seen = new Map<string, Field>();
    for (const [, at] of nodePorts(platform)) {
      const port = at.number ?? NODE_PORTS[0];
      if (port < NODE_PORTS[0] || port > NODE_PORTS[1])
        yield { at, message: `node port ${port} is not in ${NODE_PORTS.join('-')}`, fix: 'Take one in that range.' };
    }
    for (const [claim, at] of [...routes(platform), ...nodePorts(platform)]) {
      const first = seen.get(claim);
      if (!first) seen.set(claim, at);
      else
        yield {
          at,
          message: `${claim} is claimed by ${first.resource} already`,
          fix: 'Give one of them another host, path or port.',
        };
    }
  },
};

/** Routes of another class or on another listener are served by somebody else: a redirect may stand beside what it redirects to. */
function* routes(platform: Platform): Iterable<readonly [string, Field]> {
  for (const ingress of platform.ofKind('Ingress')) {
    const listener = ingress.annotations['traefik.ingress.kubernetes.io/router.entrypoints'];
    const served = [ingress.at('spec', 'ingressClassName').text, listener];
    for (const rule of ingress.at('spec', 'rules').items) {
      for (const path of rule.at('http', 'paths').items) {
        const claim = `${rule.at('host').text ?? '*'}${path.at('path').text ?? '/'} (${[path.at('pathType').text, ...served].filter(Boolean).join(', ')})`;
        yield [claim, rule.at('host').exists ? rule.at('host') : path.at('path')];
      }
    }
  }
}

function* nodePorts(platform: Platform): Iterable<readonly [string, Field]> {
  for (const service of platform.ofKind('Service')) {
    for (const port of service.at('spec', 'ports').items) {
      const at = port.at('nodePort');
      if (at.number !== undefined && at.number !== 0)
        yield [`node port ${at.number}/${port.at('protocol').text ?? 'TCP'}`, at];
    }
  }
}
