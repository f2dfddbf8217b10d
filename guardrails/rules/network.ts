import type { Rule } from '../rule.ts';
import { clusterDnsAsked } from './network/cluster-dns-asked.ts';
import { declaredEdgesAllowed } from './network/declared-edges-allowed.ts';
import { defaultDeny } from './network/default-deny.ts';
import { namesResolve } from './network/names-resolve.ts';
import { policyIsBounded } from './network/policy-is-bounded.ts';
import { policySelectsPods } from './network/policy-selects-pods.ts';
import { undeclaredEdgesDenied } from './network/undeclared-edges-denied.ts';

/** In the order in which they judge. */
export const network: readonly Rule[] = [
  declaredEdgesAllowed,
  defaultDeny,
  namesResolve,
  clusterDnsAsked,
  policyIsBounded,
  policySelectsPods,
  undeclaredEdgesDenied,
];
