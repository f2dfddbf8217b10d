import { isRecord } from '../../../guardrails/field.ts';
import { showValue } from '../show.ts';

/** Labels by which almost every selector of ours speaks of one service: shown by their value alone. */
const NAME = /^(app\.kubernetes\.io\/name|app|kubernetes\.io\/metadata\.name)$/;
const INSTANCE = 'app.kubernetes.io/instance';

/** A peer of a network policy in words: `pods front in namespace traefik`; undefined stands for everybody. */
export function peerText(peer: unknown): string {
  if (peer === undefined) return 'everybody';
  if (!isRecord(peer)) return showValue(peer);
  const { podSelector, namespaceSelector, ipBlock, ...unknown } = peer;
  if (Object.keys(unknown).length > 0 || ipBlock !== undefined) return showValue(ipBlock ?? peer);
  const pods = podSelector === undefined || isEmpty(podSelector) ? 'every pod' : `pods ${selectorText(podSelector)}`;
  if (namespaceSelector === undefined) return pods;
  return isEmpty(namespaceSelector)
    ? `${pods} of every namespace`
    : `${pods} in namespace ${selectorText(namespaceSelector)}`;
}

/** A port of a network policy in words: `5000/TCP`; undefined stands for every port. */
export function portText(port: unknown): string {
  if (port === undefined) return 'every port';
  if (!isRecord(port)) return showValue(port);
  const { port: first, endPort, protocol } = port;
  const range = [first, endPort].filter((end) => end !== undefined).join('-');
  return `${range === '' ? 'every port' : range}/${String(protocol ?? 'TCP')}`;
}

function isEmpty(selector: unknown): boolean {
  return isRecord(selector) && Object.keys(selector).length === 0;
}

function selectorText(selector: unknown): string {
  const labels = isRecord(selector) ? selector['matchLabels'] : undefined;
  if (!isRecord(selector) || !isRecord(labels) || Object.keys(selector).length > 1) return showValue(selector);
  const shown = Object.entries(labels).filter(([key]) => key !== INSTANCE || Object.keys(labels).length === 1);
  return shown.map(([key, value]) => (NAME.test(key) ? String(value) : `${key}=${String(value)}`)).join(', ');
}
