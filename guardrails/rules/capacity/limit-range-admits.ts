import type { ResourceName } from '../../container.ts';
import { exceeds, formatOf } from '../../demand.ts';
import type { Field } from '../../field.ts';
import type { Problem } from '../../finding.ts';
import { limitRangeDefaults, limitRangeItems } from '../../limit-range.ts';
import type { Platform } from '../../platform.ts';
import { containerFigure, podFigure } from '../../pod-resources.ts';
import { formatBytes, parseQuantity } from '../../quantity.ts';
import type { Rule } from '../../rule.ts';
import { storageClaims } from '../../storage-claims.ts';
import type { Workload } from '../../workload.ts';

const RESOURCES: readonly ResourceName[] = ['cpu', 'memory', 'ephemeral-storage'];

export const limitRangeAdmits: Rule = {
  id: 'limit-range-admits',
  title: "Containers, pods and claims stay within their namespace's LimitRange",
  rationale:
    'The API server refuses each pod or claim outside the range; the Deployment stays at zero and only its events say why.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/policy/limit-range/',
  *check(platform) {
    for (const workload of platform.workloads) {
      yield* containersOf(platform, workload);
      yield* podOf(platform, workload);
    }
    for (const namespace of new Set(platform.ofKind('LimitRange').map((range) => range.namespace))) {
      yield* claimsOf(platform, namespace);
    }
  },
};

interface Measured {
  readonly at: Field;
  readonly what: string;
  readonly request: number | undefined;
  readonly limit: number | undefined;
}

function* containersOf(platform: Platform, workload: Workload): Iterable<Problem> {
  const items = limitRangeItems(platform, workload.namespace, 'Container');
  if (items.length === 0) return;
  const defaults = limitRangeDefaults(platform, workload.namespace);
  for (const container of workload.containers) {
    for (const resource of RESOURCES) {
      const request = containerFigure(container, 'requests', resource, defaults);
      const limit = containerFigure(container, 'limits', resource, defaults);
      const at = container.field.at('resources');
      yield* judge(items, resource, { at, what: `container ${container.name}`, request, limit });
    }
  }
}

function* podOf(platform: Platform, workload: Workload): Iterable<Problem> {
  const items = limitRangeItems(platform, workload.namespace, 'Pod');
  if (items.length === 0) return;
  const defaults = limitRangeDefaults(platform, workload.namespace);
  for (const resource of RESOURCES) {
    const request = podFigure(workload, 'requests', resource, defaults);
    const limit = podFigure(workload, 'limits', resource, defaults);
    yield* judge(items, resource, { at: workload.pod, what: 'the pod', request, limit });
  }
}

function* judge(
  items: readonly Field[],
  resource: ResourceName,
  { at, what, request, limit }: Measured,
): Iterable<Problem> {
  const format = formatOf(resource);
  for (const item of items) {
    const max = parseQuantity(item.at('max', resource).value);
    const min = parseQuantity(item.at('min', resource).value);
    const ratio = parseQuantity(item.at('maxLimitRequestRatio', resource).value);
    const range = `LimitRange ${item.resource.name}`;
    const fix = `Change resources.*.${resource} of ${what}, or ${range}.`;
    if (max !== undefined && limit !== undefined && exceeds(limit, max))
      yield {
        at,
        message: `${what} may use ${format(limit)} of ${resource}, above the maximum ${format(max)} of ${range}`,
        fix,
      };
    if (min !== undefined && request !== undefined && exceeds(min, request))
      yield {
        at,
        message: `${what} requests ${format(request)} of ${resource}, below the minimum ${format(min)} of ${range}`,
        fix,
      };
    if (ratio !== undefined && request && limit !== undefined && exceeds(limit / request, ratio))
      yield {
        at,
        message: `${what} has a limit of ${resource} ${limit / request} times its request, above the ratio ${ratio} of ${range}`,
        fix,
      };
  }
}

function* claimsOf(platform: Platform, namespace: string): Iterable<Problem> {
  for (const item of limitRangeItems(platform, namespace, 'PersistentVolumeClaim')) {
    const max = parseQuantity(item.at('max', 'storage').value) ?? Number.POSITIVE_INFINITY;
    const min = parseQuantity(item.at('min', 'storage').value) ?? 0;
    for (const { spec, name, bytes } of storageClaims(platform, namespace)) {
      if (bytes >= min && bytes <= max) continue;
      const bound = bytes > max ? `above the maximum ${formatBytes(max)}` : `below the minimum ${formatBytes(min)}`;
      yield {
        at: spec.at('resources'),
        message: `claim ${name} asks for ${formatBytes(bytes)}, ${bound} of LimitRange ${item.resource.name}`,
        fix: 'Change the size of the claim, or the LimitRange.',
      };
    }
  }
}
