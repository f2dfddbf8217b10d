import { formatPath, type Resource } from '../../../guardrails/field.ts';
import { type Change, type Changed, type FieldChange, type Risk, type RiskFinder, showField } from '../compare.ts';

/** Pod Security levels from strict to lax. */
const POD_SECURITY = ['restricted', 'baseline', 'privileged'];

const ADVICE = 'Make sure that this is meant, and that nothing narrower does.';

/** More may be done, or reached from outside, than before: roles, security contexts, Services, hosts. */
export const widerAccess: RiskFinder = (changes) =>
  changes.flatMap((change) => {
    if (change.kind === 'removed') return [];
    const before = change.kind === 'changed' ? openings(change.before) : [];
    const opened = openings(change.after).filter((opening) => !before.includes(opening));
    return [
      ...opened.map((message) => caution(change, message)),
      ...(change.kind === 'changed' ? laxFields(change) : []),
    ];
  });

function laxFields(change: Changed): readonly Risk[] {
  return change.fields.flatMap((field) => {
    const path = formatPath(field.path);
    const lax = WIDENERS[change.after.kind]?.(path, field) === true || isLaxContext(path, field);
    return lax ? [caution(change, `may do more: ${showField(change.after, field)}`)] : [];
  });
}

const WIDENERS: Readonly<Record<string, (path: string, field: FieldChange) => boolean>> = {
  Role: (path, { after }) => path.startsWith('rules') && after !== undefined,
  ClusterRole: (path, { after }) => path.startsWith('rules') && after !== undefined,
  RoleBinding: (path, { after }) => path.startsWith('subjects') && after !== undefined,
  ClusterRoleBinding: (path, { after }) => path.startsWith('subjects') && after !== undefined,
  Namespace: (path, { before, after }) =>
    path.includes('pod-security.kubernetes.io/enforce"') && laxness(after) > laxness(before),
};

function laxness(level: unknown): number {
  return typeof level === 'string' ? POD_SECURITY.indexOf(level) : POD_SECURITY.length;
}

function isLaxContext(path: string, { before, after }: FieldChange): boolean {
  if (/\.(privileged|allowPrivilegeEscalation|hostNetwork|hostPID|hostIPC)$/.test(path)) return after === true;
  if (/\.(runAsNonRoot|readOnlyRootFilesystem)$/.test(path)) return after !== true;
  if (/\.automountServiceAccountToken$/.test(path)) return after !== false;
  if (/\.capabilities\.add/.test(path)) return after !== undefined;
  return /\.(capabilities\.drop|seccompProfile)/.test(path) && before !== undefined;
}

/** Ways from outside the cluster that an object opens. */
function openings(resource: Resource): readonly string[] {
  if (resource.kind === 'Service') {
    const type = resource.at('spec', 'type').text ?? 'ClusterIP';
    return type === 'NodePort' || type === 'LoadBalancer'
      ? [`can be reached from outside the cluster: type ${type}`]
      : [];
  }
  if (resource.kind !== 'Ingress') return [];
  return resource.at('spec', 'rules').items.map((rule) => `answers at host ${rule.at('host').text ?? '*'}`);
}

function caution(change: Change, message: string): Risk {
  return { level: 'caution', change, message, advice: ADVICE };
}
