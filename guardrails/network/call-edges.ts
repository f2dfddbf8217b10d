import { WORKLOAD } from '../annotations.ts';
import { commandWords, configFiles, variablesOf } from '../config-text.ts';
import type { Field } from '../field.ts';
import { oncePerPlatform } from '../memo.ts';
import type { Platform } from '../platform.ts';
import type { Resource } from '../resource.ts';
import type { Workload } from '../workload.ts';
import { type Address, addressesIn, hostsIn } from './addresses.ts';
import type { Edge } from './edge.ts';
import { podOf } from './read-network.ts';
import { podPorts, serviceAt } from './service-address.ts';

/** A host that a workload names, and the Service that it means. */
export interface Call {
  readonly workload: Workload;
  readonly address: Address;
  readonly at: Field;
  readonly by: string;
  readonly service: Resource | undefined;
}

/** Every host that workloads name in their environment, their arguments, their mounted files or an annotation. */
export const callsOf = oncePerPlatform((platform): readonly Call[] =>
  platform.workloads.flatMap((workload) =>
    placesOf(platform, workload).flatMap(({ text, at, by, bare }) => {
      const addresses = [...addressesIn(text), ...(bare ? hostsIn(text) : [])];
      return addresses.map((address) => ({
        workload,
        address,
        at,
        by,
        service: serviceAt(platform, workload.namespace, address.host),
      }));
    }),
  ),
);

/** The connections behind them, to the pods that were given. */
export function callEdges(platform: Platform): readonly Edge[] {
  return callsOf(platform).flatMap(({ workload, address, at, by, service }) => {
    const from = podOf(platform, workload);
    if (!service || !from) return [];
    return platform.selectedBy(service).flatMap((target) => {
      const to = podOf(platform, target);
      const ports = podPorts(service, target, address.port);
      // A pod seldom calls its own name, but the members of a set call each other.
      const calls = target !== workload || workload.kind === 'StatefulSet';
      return to && ports.length > 0 && calls ? [{ from, to, ports, at, by }] : [];
    });
  });
}

interface Place {
  readonly text: string;
  readonly at: Field;
  readonly by: string;
  /** Whether bare words are host names too. */
  readonly bare: boolean;
}

const NAMES_HOSTS = /(HOSTS?|SERVERS?|ADDR(ESS)?|ENDPOINTS?|NODES|SENTINELS|UPSTREAM)$/i;

function placesOf(platform: Platform, workload: Workload): readonly Place[] {
  const variables = workload.containers.flatMap((container) => variablesOf(platform, workload, container));
  const words = workload.containers.flatMap((container) => commandWords(container));
  const calls = workload.resource.annotation(WORKLOAD.connectsTo);
  return [
    ...variables.map(({ name, value, at }) => ({ text: value, at, by: name, bare: NAMES_HOSTS.test(name) })),
    ...words.map(({ word, at }) => ({ text: word, at, by: 'its command line', bare: false })),
    ...configFiles(platform, workload).map(({ name, text, at }) => ({ text, at, by: name, bare: false })),
    ...(calls.text === undefined ? [] : [{ text: calls.text, at: calls, by: 'its annotation', bare: true }]),
  ];
}
