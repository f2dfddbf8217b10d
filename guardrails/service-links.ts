import type { Platform } from './platform.ts';
import type { Workload } from './workload.ts';

/** What every container has, whatever the pod says of service links. */
const OF_THE_API_SERVER = /^KUBERNETES_(SERVICE_(HOST|PORT(_HTTPS)?)|PORT(_443_TCP(_(ADDR|PORT|PROTO))?)?)$/;
/** The name of the Service, upper-cased, and what Kubernetes tells of it. */
const LINK =
  /^(.{1,63}?)_(?:SERVICE_(?:HOST|PORT(?:_\w{1,63})?)|PORT(?:_\d{1,5}_(?:TCP|UDP|SCTP)(?:_(?:ADDR|PORT|PROTO))?)?)$/;

/** Whether Kubernetes itself sets this variable: for the API server, and for each Service of the namespace where the pod has service links. */
export function isServiceLink(platform: Platform, { pod, namespace }: Workload, variable: string): boolean {
  if (OF_THE_API_SERVER.test(variable)) return true;
  const service = LINK.exec(variable)?.[1];
  if (service === undefined || pod.at('enableServiceLinks').flag === false) return false;
  const found = platform.find('Service', namespace, service.toLowerCase().replaceAll('_', '-'));
  return found !== undefined && found.at('spec', 'clusterIP').text !== 'None';
}
