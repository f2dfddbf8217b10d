import type { SecretFiles } from '../constructs/pod.ts';
import type { Joined, PartContext } from '../plan/part.ts';
import type { SecretUse, ServiceSpec } from '../plan/service-spec.ts';
import { linksOf } from './links.ts';

/** Where secret files are mounted, unless the service wants them elsewhere. */
export const SECRETS_DIR = '/run/secrets/app';

/** The files that a service finds in its secrets folder: only what it uses, its own and those of what it connects to. */
export function secretFilesOf(service: ServiceSpec, plan: Joined & Pick<PartContext, 'environment'>): SecretFiles[] {
  return [
    ...(service.secrets ?? []).flatMap(filesOf),
    ...linksOf(service, plan.environment.namespace, plan).flatMap(({ secrets }) => secrets),
  ];
}

/** Keys that may be missing stand apart, because a volume is optional as a whole: one of them may be there without the others. */
function filesOf({ name, keys }: SecretUse): SecretFiles[] {
  const required = keys.filter(({ optional }) => optional !== true).map(({ key }) => key);
  return [
    ...(required.length === 0 ? [] : [{ secret: name, keys: required, optional: false }]),
    ...keys.flatMap(({ key, optional }) => (optional === true ? [{ secret: name, keys: [key], optional }] : [])),
  ];
}
