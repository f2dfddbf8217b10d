import { coerce, gte } from 'semver';
import { type Check, met, missing } from '../check.ts';

/** The oldest Kubernetes that every field of dist/ is understood by. */
const OLDEST = '1.28.0';

/** Whether the API server is new enough. */
export const version: Check = async (kubectl) => {
  const { gitVersion } = await kubectl.raw('/version');
  const found = coerce(String(gitVersion));
  const what = `Kubernetes ${String(gitVersion)}`;
  if (found !== null && gte(found, OLDEST)) return [met(what)];
  return [missing(what, `dist/ needs ${OLDEST} or newer: upgrade the cluster`)];
};
