import { isRecord, type Resource } from '../../../guardrails/field.ts';
import { type Check, type Diagnosis, met, missing } from '../check.ts';
import type { Kubectl } from '../kubectl.ts';

/** Who brings the kinds of a group, and where to read how it is installed. */
const BRINGERS: Readonly<Record<string, string>> = {
  'cert-manager.io': 'install cert-manager: https://cert-manager.io/docs/installation/',
  'external-secrets.io':
    'install the External Secrets operator: https://external-secrets.io/latest/introduction/getting-started/',
  'traefik.io':
    'install Traefik with its custom resources: https://doc.traefik.io/traefik/getting-started/install-traefik/',
  'monitoring.coreos.com':
    'install the Prometheus Operator: https://prometheus-operator.dev/docs/getting-started/installation/',
  'gateway.networking.k8s.io': 'install the Gateway API: https://gateway-api.sigs.k8s.io/guides/',
  'argoproj.io': 'install Argo CD: https://argo-cd.readthedocs.io/en/stable/getting_started/',
};

/** Whether the cluster serves every kind of the environment, its own and those of its addons. */
export const apis: Check = async (kubectl, { objects, addons }) => {
  const versions = new Set([...objects, ...addons].map(({ apiVersion }) => apiVersion));
  const diagnoses = await Promise.all(
    [...versions].sort().map(async (apiVersion): Promise<readonly Diagnosis[]> => {
      const kinds = kindsIn([...objects, ...addons], apiVersion);
      const served = await kindsServed(kubectl, apiVersion);
      const lacking = kinds.filter((kind) => !served.includes(kind));
      if (lacking.length === 0) return [met(`${apiVersion}: ${kinds.join(', ')}`)];
      const cure = BRINGERS[apiVersion.replace(/\/.*$/, '')] ?? 'upgrade the cluster: it does not serve this API';
      return [missing(`${apiVersion}: ${lacking.join(', ')}`, cure)];
    }),
  );
  return diagnoses.flat();
};

function kindsIn(resources: readonly Resource[], apiVersion: string): readonly string[] {
  return [
    ...new Set(resources.filter((resource) => resource.apiVersion === apiVersion).map(({ kind }) => kind)),
  ].sort();
}

async function kindsServed(kubectl: Kubectl, apiVersion: string): Promise<readonly string[]> {
  const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const answer = await kubectl.raw(path).catch(() => ({ resources: [] }));
  const { resources } = answer;
  return Array.isArray(resources) ? resources.filter(isRecord).map(({ kind }) => String(kind)) : [];
}
