import { isRecord } from '../../../guardrails/field.ts';
import { type Check, doubt, met } from '../check.ts';

/** Network plugins that are known to enforce NetworkPolicy, by the name of a DaemonSet that runs them. */
const ENFORCING = /^(calico|canal|cilium|weave-net|antrea|kube-router|aws-node|azure-npm|anetd|kindnet|ovnkube|netd)/;

/**
 * Whether policies are more than words: without an enforcing network plugin the API server takes them and nothing happens.
 * Asked of the plugins by name; `npm run test:cluster -- ENVIRONMENT --apply` proves it with a connection that must fail.
 */
export const defaultDeny: Check = async (kubectl) => {
  const daemons = (await kubectl.list('daemonsets', '--all-namespaces')).map(({ metadata }) =>
    isRecord(metadata) ? String(metadata['name']) : '',
  );
  const plugin = daemons.find((name) => ENFORCING.test(name));
  if (plugin !== undefined) return [met(`network policies are enforced by ${plugin}`)];
  return [
    doubt(
      'no network plugin that is known to enforce policies',
      'prove it: npm run test:cluster -- dev --apply; install Calico or Cilium where the connection succeeds',
    ),
  ];
};
