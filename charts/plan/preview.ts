import type { Environment } from './environment.ts';

/** What two environments of one cluster may not share with the one that a preview is made of. */
const SMALL = { kind: 'fixed', replicas: 1 } as const;

/**
 * A preview of one change: the given environment under another name, host and namespace, with one pod of each service and nobody watching. Its store is
 * as the environment's.
 * It follows its own branch, and whoever closes the change takes its line out of the list.
 * @param branch of the change, as Git names it; `name` when it is left out
 */
export function previewOf(environment: Environment, name: string, branch: string = name): Environment {
  return {
    ...environment,
    name,
    namespace: `${environment.namespace}-${name}`,
    scaling: SMALL,
    minAvailable: null,
    spread: { hosts: 'none', zones: 'none' },
    monitoring: { kind: 'off' },
    edge: { ...environment.edge, host: `${name}.${environment.edge.host}`, nodePort: null },
    sync: { ...environment.sync, revision: branch, windows: [] },
    sizing: {},
  };
}
