import { NAMESPACE } from '../../../guardrails/annotations.ts';
import type { Resource } from '../../../guardrails/field.ts';
import { type Check, doubt, met } from '../check.ts';

/** Whether what somebody else must put into the namespaces is there: read off their `provided` annotation. */
export const secrets: Check = async (kubectl, { objects }) => {
  const wanted = objects.filter(({ kind }) => kind === 'Namespace').flatMap(providedBy);
  return Promise.all(
    wanted.map(async ({ namespace, kind, name }) => {
      const { code } = await kubectl.try(['get', kind, name, '--namespace', namespace, '--output=name']);
      const what = `${kind} ${namespace}/${name}`;
      if (code === 0) return met(what);
      return doubt(what, 'pods wait for it: the External Secrets operator or docs/how-to/operations.md brings it');
    }),
  );
};

function providedBy(namespace: Resource): readonly { namespace: string; kind: string; name: string }[] {
  const lines = (namespace.annotations[NAMESPACE.provided] ?? '').split('\n');
  return lines.flatMap((line) => {
    const match = /^([A-Za-z]+)\/([^:\s]+)/.exec(line.trim());
    return match?.[1] === undefined || match[2] === undefined
      ? []
      : [{ namespace: namespace.name, kind: match[1], name: match[2] }];
  });
}
