import { isRecord, type Resource } from '../../../guardrails/field.ts';
import { type Check, met, missing } from '../check.ts';

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

/** Whether volumes can be made: the classes that are named, and a default one where a claim names none. */
export const storage: Check = async (kubectl, { objects }) => {
  const claims = objects.flatMap(claimsOf);
  if (claims.length === 0) return [];
  const classes = (await kubectl.list('storageclasses')).map(({ metadata }) => (isRecord(metadata) ? metadata : {}));
  const names = classes.map(({ name }) => String(name));
  const standard = classes.find(({ annotations }) => isRecord(annotations) && annotations[DEFAULT_CLASS] === 'true');
  const wanted = [...new Set(claims)];
  return wanted.map((name) => {
    const what = `storage class ${name ?? '(the default)'}`;
    if (name === undefined ? standard !== undefined : names.includes(name)) return met(what);
    const cure = 'make one the default, or name one as storageClass in charts/environments';
    return missing(`${what}; there is ${names.join(', ') || 'none'}`, cure);
  });
};

/** The class of every claim of an object; undefined for the cluster's default. */
function claimsOf(resource: Resource): readonly (string | undefined)[] {
  if (resource.kind === 'PersistentVolumeClaim') return [resource.at('spec', 'storageClassName').text];
  return resource.at('spec', 'volumeClaimTemplates').items.map((claim) => claim.at('spec', 'storageClassName').text);
}
