import { ApiObject, JsonPatch } from 'cdk8s';
import type { Deployment } from 'cdk8s-plus-28';
import { SECRETS_DIR } from '../../app/contract.ts';
import type { Placement, Spread } from '../environments/environment.ts';
import type { Resources } from '../services/service.ts';
import type { SelectorLabels } from './labels.ts';
import { nodeChoice } from './node-choice.ts';
import { quantities, resourceList } from './quantity.ts';
import { RESTRICTED_POD_SPEC } from './restricted.ts';

/** Keys of one Secret that become files of the same name. */
export interface SecretFiles {
  readonly secret: string;
  readonly keys: readonly string[];
  /** Name of the file, for a single key. @default - the key's own */
  readonly path?: string;
  /** Whether pods start without them: a rotation's previous value is there only while the rotation goes on. */
  readonly optional: boolean;
}

export interface PodTemplateOptions {
  readonly pods: SelectorLabels;
  readonly spread: Spread;
  readonly placement: Placement;
  readonly priorityClassName: string | null;
  readonly secretFiles: readonly SecretFiles[];
  readonly requests: Resources;
  readonly limits: Resources;
}

const SECRETS_VOLUME = 'secrets';

/** Says of a Deployment's pods what cdk8s-plus has no word for. */
export function completePodTemplate(deployment: Deployment, options: PodTemplateOptions): void {
  const additions: Record<string, unknown> = {
    // A Service named redis would otherwise inject REDIS_PORT=tcp://... into every pod.
    enableServiceLinks: false,
    ...(options.priorityClassName === null ? {} : { priorityClassName: options.priorityClassName }),
    ...optionalList('topologySpreadConstraints', spreadConstraints(options.pods, options.spread)),
    ...nodeChoice(options.placement),
    ...(options.placement.affinity === null ? {} : { affinity: options.placement.affinity }),
  };
  const spec = '/spec/template/spec';
  const patches = Object.entries(additions).map(([field, value]) => JsonPatch.add(`${spec}/${field}`, value));
  ApiObject.of(deployment).addJsonPatch(
    // A hash of the construct's path: it would roll the pods when only our code moves.
    JsonPatch.remove('/spec/template/metadata/labels/cdk8s.io~1metadata.addr'),
    ...DEFAULTS.map((field) => JsonPatch.remove(`${spec}/${field}`)),
    ...patches,
    ...secretFiles(options.secretFiles),
    JsonPatch.add(`${spec}/securityContext`, RESTRICTED_POD_SPEC),
    JsonPatch.add(`${spec}/containers/0/resources`, {
      limits: quantities(resourceList(options.limits)),
      requests: quantities(resourceList(options.requests)),
    }),
  );
}

/** What cdk8s-plus writes unasked, and the API server takes for granted. */
const DEFAULTS = ['dnsPolicy', 'hostNetwork', 'restartPolicy', 'setHostnameAsFqdn'];

function optionalList(field: string, list: readonly unknown[]): Record<string, unknown> {
  return list.length === 0 ? {} : { [field]: list };
}

/**
 * Keeps the pods of one workload apart. `matchLabelKeys` counts only the pods of the same rollout, and `nodeTaintsPolicy: Honor`
 * leaves cordoned nodes out: else the empty host of a drain would forbid the evicted pod every other one.
 */
export function spreadConstraints(pods: SelectorLabels, spread: Spread): Record<string, unknown>[] {
  const constraint = (topologyKey: string, strength: 'preferred' | 'required') => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: strength === 'required' ? 'DoNotSchedule' : 'ScheduleAnyway',
    labelSelector: { matchLabels: { ...pods } },
    matchLabelKeys: ['pod-template-hash'],
    nodeTaintsPolicy: 'Honor',
  });
  return [
    ...(spread.hosts === 'none' ? [] : [constraint('kubernetes.io/hostname', spread.hosts)]),
    ...(spread.zones === 'none' ? [] : [constraint('topology.kubernetes.io/zone', spread.zones)]),
  ];
}

function secretFiles(files: readonly SecretFiles[]): JsonPatch[] {
  if (files.length === 0) return [];
  const sources = files.map(({ secret, keys, path, optional }) => ({
    secret: { name: secret, items: keys.map((key) => ({ key, path: path ?? key })), ...(optional ? { optional } : {}) },
  }));
  // r--r-----: the group is the pod's fsGroup.
  const volume = { name: SECRETS_VOLUME, projected: { defaultMode: 0o440, sources } };
  const mount = { name: SECRETS_VOLUME, mountPath: SECRETS_DIR, readOnly: true };
  return [
    JsonPatch.add('/spec/template/spec/volumes/-', volume),
    JsonPatch.add('/spec/template/spec/containers/0/volumeMounts/-', mount),
  ];
}
