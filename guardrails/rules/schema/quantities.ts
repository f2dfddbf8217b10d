import type { Field } from '../../field.ts';
import type { Problem } from '../../finding.ts';
import type { Platform } from '../../platform.ts';
import { parseQuantity } from '../../quantity.ts';
import type { Rule } from '../../rule.ts';

/** No machine in sight has as many cores: who writes this means thousandths. */
const CORES_AT_MOST = 256;
/** No process starts in less: who writes this forgot the unit. */
const BYTES_AT_LEAST = 64 * 1024;

export const quantities: Rule = {
  id: 'quantities',
  title: 'Quantities mean what they seem to: memory in bytes, CPU in cores',
  rationale:
    'A memory of 128m is an eighth of a byte and a CPU of 1000 is a thousand machines: the pod is killed at once, or never scheduled.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#resource-units-in-kubernetes',
  *check(platform) {
    for (const [name, field] of quantityFields(platform)) yield* judge(name, field);
  },
};

/** Every amount with the name of what it is an amount of. */
function* quantityFields(platform: Platform): Iterable<readonly [string, Field]> {
  for (const { containers, pod } of platform.workloads) {
    for (const { field } of containers) {
      for (const part of ['requests', 'limits']) yield* field.at('resources', part).entries;
    }
    for (const volume of pod.at('volumes').items) yield ['storage', volume.at('emptyDir', 'sizeLimit')];
  }
  for (const quota of platform.ofKind('ResourceQuota')) yield* quota.at('spec', 'hard').entries;
  for (const range of platform.ofKind('LimitRange')) {
    for (const limit of range.at('spec', 'limits').items) {
      for (const part of ['min', 'max', 'default', 'defaultRequest']) yield* limit.at(part).entries;
    }
  }
  const claims = platform.ofKind('PersistentVolumeClaim').map((claim) => claim.at('spec'));
  const templates = platform
    .ofKind('StatefulSet')
    .flatMap((set) => set.at('spec', 'volumeClaimTemplates').items.map((claim) => claim.at('spec')));
  for (const claim of [...claims, ...templates]) yield* claim.at('resources', 'requests').entries;
}

function* judge(name: string, at: Field): Iterable<Problem> {
  const amount = parseQuantity(at.value);
  if (amount === undefined) return;
  const written = String(at.value);
  const resource = name.replace(/^(requests|limits)\./, '');
  if (amount < 0) yield { at, message: `${written} is negative`, fix: 'Write an amount of zero or more.' };
  else if (/^(memory|storage|ephemeral-storage)$/.test(resource)) yield* judgeBytes(written, amount, at);
  else if (resource === 'cpu' && amount >= CORES_AT_MOST && !name.includes('.') && !String(at).includes('hard')) {
    yield {
      at,
      message: `a CPU of ${written} is ${amount} whole cores`,
      fix: `Write ${written}m for thousandths of a core.`,
    };
  }
}

function* judgeBytes(written: string, bytes: number, at: Field): Iterable<Problem> {
  if (bytes === 0) return;
  if (written.endsWith('m'))
    yield {
      at,
      message: `${written} is ${bytes} bytes: "m" means thousandths`,
      fix: `Write ${written.slice(0, -1)}Mi.`,
    };
  else if (bytes < BYTES_AT_LEAST)
    yield { at, message: `${written} is ${bytes} bytes`, fix: `Write the unit: ${parseInt(written, 10)}Mi.` };
}
