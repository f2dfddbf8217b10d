import { formatPath } from '../../../guardrails/field.ts';
import { type Changed, type FieldChange, type Risk, type RiskFinder, showField } from '../compare.ts';

/** Where the pod template of each controller begins, and how it replaces its pods. */
const ROLLS: Readonly<Record<string, string>> = {
  Deployment: 'replaces its pods, new ones first',
  StatefulSet: 'replaces its pods one by one, the highest number first',
  DaemonSet: 'replaces its pods node by node',
};

const CAUSES = 3;

/** Annotations of a pod template that only say that a ConfigMap or Secret is another one. */
const CHECKSUM = /^metadata\.annotations\["checksum\//;

/** The label that a new image brings with it. */
const VERSION = 'app.kubernetes.io/version';

export const rollouts: RiskFinder = (changes) =>
  changes.flatMap((change) => (change.kind === 'changed' ? rolloutOf(change) : []));

function rolloutOf(change: Changed): readonly Risk[] {
  const { kind, namespace, name } = change.after;
  const how = ROLLS[kind];
  const causes = causesOf(change);
  if (how === undefined || causes.length === 0) return [];
  const more = causes.length > CAUSES ? ` and ${causes.length - CAUSES} more` : '';
  return [
    {
      level: 'rollout',
      change,
      message: `${how}: ${causes.slice(0, CAUSES).join('; ')}${more}`,
      advice: `kubectl -n ${namespace} rollout status ${kind.toLowerCase()}/${name}`,
    },
  ];
}

/** What differs in the pod template, images first; labels of its own do not hide what matters. */
function causesOf(change: Changed): readonly string[] {
  const inTemplate = change.fields
    .filter(({ path }) => path[0] === 'spec' && path[1] === 'template')
    .map((field) => ({ ...field, path: field.path.slice(2) }));
  const weight = ({ path }: FieldChange) => (path.at(-1) === 'image' ? 0 : path[0] === 'spec' ? 1 : 2);
  const newImage = inTemplate.some(({ path }) => path.at(-1) === 'image');
  const causes = inTemplate
    .filter(({ path }) => !newImage || path.at(-1) !== VERSION)
    .sort((left, right) => weight(left) - weight(right))
    .map((field) =>
      CHECKSUM.test(formatPath(field.path)) ? 'its configuration' : showField(change.after, brief(field)),
    );
  return [...new Set(causes)];
}

/** An image without its registry and with the beginning of its digest, where that still tells the two apart. */
function brief(field: FieldChange): FieldChange {
  const [before, after] = [imageText(field.before), imageText(field.after)];
  return field.path.at(-1) === 'image' && before !== after ? { ...field, before, after } : field;
}

function imageText(image: unknown): unknown {
  return typeof image === 'string'
    ? image.replace(/^.*\//, '').replace(/(@sha256:[0-9a-f]{8})[0-9a-f]+$/, '$1…')
    : image;
}
