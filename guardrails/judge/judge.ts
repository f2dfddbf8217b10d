import type { Resource } from '../field.ts';
import { type Document, flatten } from '../input/document.ts';
import { oncePerPlatform, type Platform } from '../platform.ts';
import { begin, start } from './ask.ts';
import { type Judge, locateJudge, MINORS, minorFor, OVERRIDE } from './locate.ts';
import { JudgeError } from './process.ts';
import type { ObjectAnswer } from './protocol.ts';

/** What the judge said of one object of the platform. */
export interface Judged {
  readonly resource: Resource;
  readonly answer: ObjectAnswer;
}

/** Whether the judge has no definition of this version of the kind, and so knows nothing of the object. */
export function isUnknown({ verdict, message = '' }: ObjectAnswer): boolean {
  return verdict === 'unknown' || message.startsWith('no matches for kind ');
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
  const newest = locateJudge(undefined, environment);
  if (newest !== undefined) return { judge: { program: (version) => programFor(version, newest, environment) } };
  if (environment['CI'] === 'true') throw new JudgeError(NOT_ASKED);
  return { unasked: NOT_ASKED };
}

/** The build of a version, or the newest where that was not built; under CI=true the very one. */
function programFor(version: string | undefined, newest: string, environment: NodeJS.ProcessEnv): string {
  const found = locateJudge(version, environment);
  if (found === undefined && environment['CI'] === 'true')
    throw new JudgeError(
      `the judge of Kubernetes ${version} is not built: npm run judge -- --minor ${minorFor(version)}`,
    );
  return found ?? newest;
}

const ALL = { ask: 'objects', assume: true } as const;

/** Sends the objects of documents as they are read. It gains time only where `askJudge` asks about the same ones in the same order. */
export function askAhead(program: string): (document: Document) => void {
  const send = begin(program, ALL);
  return (document) => send(flatten(document).map(({ value }) => value));
}

/**
 * Asks the judge about every object of a platform, and comes back before it has answered. Objects of environments with
 * different versions of Kubernetes are asked of different builds.
 */
export const askJudge: (platform: Platform) => () => readonly Judged[] = oncePerPlatform((platform) => {
  const pending = MINORS.flatMap((minor) => {
    const resources = platform.resources.filter(({ origin }) => minorFor(platform.kubernetes?.(origin.file)) === minor);
    if (platform.judge === undefined || resources.length === 0) return [];
    const program = platform.judge.program(minor);
    const objects = resources.map((resource) => {
      const previous = platform.previous?.find(resource.kind, resource.namespace, resource.name)?.root.value;
      return { object: resource.root.value, ...(previous === undefined ? {} : { previous }) };
    });
    return [{ program, resources, wait: start(program, [{ ...ALL, objects }]) }];
  });
  return () =>
    pending.flatMap(({ program, resources, wait }) => {
      const replies = wait()[0]?.answers ?? [];
      if (replies.length !== resources.length)
        throw new JudgeError(`${program}: ${resources.length} objects, ${replies.length} answers`);
      return resources.flatMap((resource, index) => {
        const answer = replies[index];
        return answer === undefined ? [] : [{ resource, answer }];
      });
    });
});

/** The judge's answers about every object of a platform; none where there is no judge. */
export const answers: (platform: Platform) => readonly Judged[] = oncePerPlatform((platform) => askJudge(platform)());
