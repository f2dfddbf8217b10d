import type { Demand } from '../demand.ts';

/** The pod by which cert-manager proves to the certificate authority that the host is ours, and the port it answers on. */
export const ACME_SOLVER_PODS = { 'acme.cert-manager.io/http01-solver': 'true' };
export const ACME_SOLVER_PORT = 8089;

/** cert-manager's own defaults for the solver (`--acme-http01-solver-resource-*`), disk from the namespace's container defaults. */
export const ACME_SOLVER: Omit<Demand, 'namespace'> = {
  name: 'acme-solver',
  floorPods: 0,
  ceilingPods: 1,
  peakPods: 1,
  requests: { cpuMillis: 10, memoryMiB: 64, ephemeralMiB: 64 },
  limits: { cpuMillis: 100, memoryMiB: 64, ephemeralMiB: 128 },
  hosts: 'any',
  claimsGi: [],
};
