import { isRecord } from '../../../guardrails/field.ts';
import { type Check, met, missing } from '../check.ts';

const API = 'v1beta1.metrics.k8s.io';

/** Whether autoscalers get figures: the resource metrics API, which metrics-server brings. */
export const metrics: Check = async (kubectl, { objects }) => {
  const autoscalers = objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler').length;
  if (autoscalers === 0) return [];
  const services = await kubectl.list('apiservices.apiregistration.k8s.io');
  const found = services.find(({ metadata }) => isRecord(metadata) && metadata['name'] === API);
  const what = `resource metrics for ${autoscalers} autoscalers (${API})`;
  if (found !== undefined && isAvailable(found['status'])) return [met(what)];
  return [missing(what, 'install metrics-server: https://kubernetes-sigs.github.io/metrics-server/')];
};

function isAvailable(status: unknown): boolean {
  const conditions = isRecord(status) && Array.isArray(status['conditions']) ? status['conditions'] : [];
  return conditions.filter(isRecord).some(({ type, status: state }) => type === 'Available' && state === 'True');
}
