import { parseImage } from '../../image.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

export const serviceSelectsOneWorkload: Rule = {
  id: 'service-selects-one-workload',
  title: 'A Service selects the pods of one program',
  rationale: 'Requests go to pods that were never meant to answer them, at random: one in so many fails.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service',
  *check(platform) {
    for (const service of platform.ofKind('Service')) {
      const workloads = platform.selectedBy(service);
      const stray = workloads.find((workload) => !isSameProgram(workload, workloads[0]));
      if (!stray) continue;
      yield {
        at: service.at('spec', 'selector'),
        message: `selects the pods of ${workloads.map(String).join(' and ')}`,
        fix: 'Add the label to the selector that tells them apart.',
      };
    }
  },
};

const NAME = 'app.kubernetes.io/name';

/** A canary or a sibling of the same image serves the same, unless it is called otherwise; a Job never serves. */
function isSameProgram(one: Workload, other: Workload | undefined): boolean {
  if (!other || one === other) return true;
  if (one.labels[NAME] !== other.labels[NAME]) return false;
  if (!one.isLongRunning || !other.isLongRunning) return false;
  const [images, others] = [one, other].map(({ running }) =>
    running.map(({ image }) => parseImage(image.text ?? '').repository),
  );
  return isVersionOf(one, other) || (images ?? []).some((image) => others?.includes(image));
}

const VERSIONS = /^(version|track|release|color|colour|slot|variant|app\.kubernetes\.io\/(version|instance))$/;

/** Labels that differ in nothing but the version: what a canary or a blue-green pair looks like. */
function isVersionOf(one: Workload, other: Workload): boolean {
  const keys = new Set([...Object.keys(one.labels), ...Object.keys(other.labels)]);
  const different = [...keys].filter((key) => one.labels[key] !== other.labels[key]);
  return different.length > 0 && different.every((key) => VERSIONS.test(key));
}
