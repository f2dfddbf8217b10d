import type { Endpoint, PodEndpoint, TransportPort } from './endpoint.ts';
import type { Direction, Policy, PolicyRule } from './policy.ts';

/** What the policies say about one direction of a connection. */
export interface Verdict {
  readonly allowed: boolean;
  /** The policies that restrict this end; none means that everything is allowed. */
  readonly policies: readonly Policy[];
  /** The rules that let it through. */
  readonly rules: readonly PolicyRule[];
}

/** All policies together: who may open a connection to whom. */
export class Network {
  readonly pods: readonly PodEndpoint[];
  readonly policies: readonly Policy[];
  readonly #byPod = new Map<PodEndpoint, readonly Policy[]>();

  constructor(pods: readonly PodEndpoint[], policies: readonly Policy[]) {
    this.pods = pods;
    this.policies = policies;
  }

  /** Whether `from` may open a connection to this port of `to`: its egress and the other's ingress must both let it. */
  allows(from: Endpoint, to: Endpoint, port: TransportPort): boolean {
    return this.verdict('egress', from, to, port).allowed && this.verdict('ingress', from, to, port).allowed;
  }

  /** What one end says: `egress` asks the policies of `from`, `ingress` those of `to`. Without any, everything is allowed. */
  verdict(direction: Direction, from: Endpoint, to: Endpoint, port: TransportPort): Verdict {
    const [own, peer] = direction === 'egress' ? [from, to] : [to, from];
    const policies = own.kind === 'pod' ? this.policiesOf(own, direction) : [];
    const rules = policies.flatMap((policy) =>
      (policy.rules[direction] ?? []).filter((rule) => rule.matches(peer, port, to)),
    );
    return { allowed: policies.length === 0 || rules.length > 0, policies, rules };
  }

  /** The policies that restrict a direction of a pod's traffic. */
  policiesOf(pod: PodEndpoint, direction: Direction): readonly Policy[] {
    const selecting = this.#byPod.get(pod) ?? this.policies.filter((policy) => policy.selects(pod));
    this.#byPod.set(pod, selecting);
    return selecting.filter((policy) => policy.rules[direction] !== undefined);
  }
}
