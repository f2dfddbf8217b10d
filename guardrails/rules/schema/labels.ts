import type { Field } from '../../field.ts';
import type { Problem } from '../../finding.ts';
import { labelKey, labelValue } from '../../names.ts';
import type { Rule } from '../../rule.ts';

/** All annotations of an object together, in bytes. */
const ANNOTATIONS_AT_MOST = 256 * 1024;

export const labels: Rule = {
  id: 'labels',
  title: 'Labels and annotations have keys and values that the API server accepts',
  rationale: 'The API server refuses the object; a value that was cut or escaped to fit no longer selects anything.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set',
  *check(platform) {
    for (const resource of platform.resources) {
      yield* judgeMetadata(resource.at('metadata'));
      for (const path of [
        ['spec', 'selector'],
        ['spec', 'selector', 'matchLabels'],
        ['spec', 'podSelector', 'matchLabels'],
      ]) {
        if (path.length > 2 || resource.kind === 'Service') yield* judgeLabels(resource.at(...path));
      }
    }
    for (const { template, kind, pod } of platform.workloads) {
      if (kind !== 'Pod') yield* judgeMetadata(template.at('metadata'));
      yield* judgeLabels(pod.at('nodeSelector'));
    }
  },
};

function* judgeMetadata(metadata: Field): Iterable<Problem> {
  yield* judgeLabels(metadata.at('labels'));
  const annotations = metadata.at('annotations');
  for (const [key, at] of annotations.entries) yield* problem(at, 'key', labelKey(key));
  const size = annotations.entries.reduce((sum, [key, { text }]) => sum + key.length + (text?.length ?? 0), 0);
  if (size > ANNOTATIONS_AT_MOST) {
    yield {
      at: annotations,
      message: `the annotations are ${size} characters, but at most ${ANNOTATIONS_AT_MOST} are allowed`,
      fix: 'Move the data to a ConfigMap.',
    };
  }
}

function* judgeLabels(field: Field): Iterable<Problem> {
  for (const [key, at] of field.entries) {
    yield* problem(at, 'key', labelKey(key));
    yield* problem(at, 'value', at.text === undefined ? undefined : labelValue(at.text));
  }
}

function* problem(at: Field, part: 'key' | 'value', wrong: string | undefined): Iterable<Problem> {
  if (wrong !== undefined)
    yield { at, message: `the ${part} ${wrong}`, fix: 'Shorten or respell it; free text belongs in an annotation.' };
}
