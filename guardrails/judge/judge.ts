import { oncePerPlatform } from '../memo.ts';
import type { Platform } from '../platform.ts';
import type { Resource } from '../resource.ts';
import { ask } from './ask.ts';
import { locateJudge, OVERRIDE } from './locate.ts';
import type { ObjectAnswer } from './protocol.ts';

/** What the judge said of one object of the platform. */
export interface Judged {
  readonly resource: Resource;
  readonly answer: ObjectAnswer;
}

/** Where the programs are; the environment's Kubernetes version chooses one. */
export interface Judge {
  /** @param version of Kubernetes. @default - the newest */
  readonly program: (version?: string) => string | undefined;
}

/** What was not asked, in one line, and what to do about it. */
export const NOT_ASKED =
  'the judge is not built: validation by Kubernetes, Prometheus and Alertmanager themselves was not asked; build it once with npm run judge';

/** The judge of this machine, or what to say of its absence: nothing where it was switched off on purpose. */
export interface Found {
  readonly judge?: Judge;
  readonly unasked?: string;
}

/** Looks for the judge. Under CI=true its absence is an error, because CI must not skip in silence. */
export function judgeOfThisMachine(environment: NodeJS.ProcessEnv = process.env): Found {
  if (environment[OVERRIDE] === 'off') return {};
  if (locateJudge(undefined, environment) !== undefined)
    return { judge: { program: (version) => locateJudge(version, environment) } };
  if (environment['CI'] === 'true') throw new Error(NOT_ASKED);
  return { unasked: NOT_ASKED };
}

/** The judge's answers about every object of a platform; none where there is no judge. */
export const answers: (platform: Platform) => readonly Judged[] = oncePerPlatform((platform) => {
  const program = platform.judge?.program();
  if (program === undefined) return [];
  const objects = platform.resources.map((resource) => {
    const previous = platform.previous?.find(resource.kind, resource.namespace, resource.name)?.root.value;
    return { object: resource.root.value, ...(previous === undefined ? {} : { previous }) };
  });
  const [reply] = ask(program, [{ ask: 'objects', objects, assume: true }]);
  return (reply?.answers ?? []).flatMap((answer, index) => {
    const resource = platform.resources[index];
    return resource === undefined ? [] : [{ resource, answer }];
  });
});
