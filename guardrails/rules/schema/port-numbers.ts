import type { Field } from '../../field.ts';
import type { Problem } from '../../finding.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';

/** The range that a cluster has unless its administrator changed it. */
const NODE_PORTS = [30000, 32767] as const;
const ANY = [1, 65535] as const;

export const portNumbers: Rule = {
  id: 'port-numbers',
  title: 'Port numbers are between 1 and 65535, node ports between 30000 and 32767',
  rationale: 'The API server refuses the object.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport',
  *check(platform) {
    for (const [at, range] of portFields(platform)) yield* judge(at, range);
  },
};

function* portFields(platform: Platform): Iterable<readonly [Field, readonly [number, number]]> {
  for (const { containers } of platform.workloads) {
    for (const { ports, probes } of containers) {
      for (const { field } of ports)
        yield* [
          [field.at('containerPort'), ANY],
          [field.at('hostPort'), ANY],
        ] as const;
      for (const [, probe] of probes)
        for (const way of ['httpGet', 'tcpSocket', 'grpc']) yield [probe.at(way, 'port'), ANY];
    }
  }
  for (const service of platform.ofKind('Service')) {
    for (const port of service.at('spec', 'ports').items) {
      yield* [
        [port.at('port'), ANY],
        [port.at('targetPort'), ANY],
        [port.at('nodePort'), NODE_PORTS],
      ] as const;
    }
  }
  for (const policy of platform.ofKind('NetworkPolicy')) {
    for (const rule of [...policy.at('spec', 'ingress').items, ...policy.at('spec', 'egress').items]) {
      for (const port of rule.at('ports').items)
        yield* [
          [port.at('port'), ANY],
          [port.at('endPort'), ANY],
        ] as const;
    }
  }
}

function* judge(at: Field, [least, most]: readonly [number, number]): Iterable<Problem> {
  const { number } = at;
  if (number === undefined || (number >= least && number <= most) || (number === 0 && most === NODE_PORTS[1])) return;
  yield {
    at,
    message: `${number} is not between ${least} and ${most}`,
    fix: `Choose a port between ${least} and ${most}.`,
  };
}
