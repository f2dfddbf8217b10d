import { PROMISES } from '../annotations.ts';
import { type Field, isRecord, type Resource } from '../field.ts';
import { answers, isUnknown } from '../judge/judge.ts';
import { oncePerPlatform, type Platform } from '../platform.ts';
import { parseQuantity } from '../quantity.ts';
import type { Problem, Rule } from '../rule.ts';
import { api, definitionOf, kindsOf, newerFields, versionsOf } from '../schema/api.ts';
import { departures } from '../schema/fits.ts';
import { removalOf } from '../schema/removed.ts';
import { suggest } from '../suggest.ts';
import { times } from './times.ts';

/** The engine finds these: only it knows the files. */
export const readable: Rule = {
  id: 'readable',
  title: 'Every file can be read as Kubernetes objects',
  rationale: 'kubectl and GitOps controllers stop at it: what stands in the file never reaches the cluster.',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/',
  check: () => [],
};

/** What the judge said nothing of: its verdict is final, so the rules that stand in for it skip the rest. */
const unasked = oncePerPlatform((platform): readonly Resource[] => {
  const asked = new Set(answers(platform).flatMap(({ resource, answer }) => (isUnknown(answer) ? [] : [resource])));
  return platform.resources.filter((resource) => !asked.has(resource));
});

/** Kinds that are sent to the API server to be answered, not stored: they have no name. */
const UNNAMED = /Review$/;

const identity: Rule = {
  id: 'identity',
  title: 'Every object says what it is: apiVersion, kind, name',
  rationale: 'The API server cannot tell what to store, nor where.',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/#required-fields',
  asksJudge: true,
  *check(platform) {
    for (const resource of platform.resources) yield* withoutName(resource);
    for (const resource of unasked(platform)) {
      if (!isRecord(resource.root.value)) continue;
      for (const field of ['apiVersion', 'kind'] as const) {
        if (resource[field] === '')
          yield { at: resource.root, message: `${field} is missing or no text`, fix: `Set ${field}.` };
      }
      const isGenerated = resource.at('metadata', 'generateName').exists;
      if (resource.name === '' && !isGenerated && !UNNAMED.test(resource.kind))
        yield { at: resource.at('metadata'), message: 'metadata.name is missing', fix: 'Set metadata.name.' };
    }
  },
};

const HOOKS = ['argocd.argoproj.io/hook', 'helm.sh/hook'];

/** The server makes the name, but `kubectl apply` refuses the object; hooks and runs of pipelines are created anew each time. */
function* withoutName(resource: Resource): Iterable<Problem> {
  const at = resource.at('metadata', 'generateName');
  if (resource.name !== '' || !at.exists) return;
  const isHook = HOOKS.some((annotation) => resource.annotations[annotation] !== undefined);
  const isCreated = isHook || ['argoproj.io', 'tekton.dev'].includes(resource.group);
  yield {
    at,
    message: 'has generateName and no name, which kubectl apply refuses',
    fix: 'Name it, or create it with kubectl create and leave it out here.',
    severity: isCreated ? 'note' : 'error',
  };
}

const knownKind: Rule = {
  id: 'known-kind',
  title: 'Every kind is one that its API version has',
  rationale: 'Nothing can be said about an object whose kind is unknown, and a cluster without its CRD refuses it.',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/#required-fields',
  asksJudge: true,
  *check(platform) {
    for (const resource of unasked(platform)) {
      const { kind, apiVersion } = resource;
      if (kind === '' || apiVersion === '' || removalOf(resource) !== undefined) continue;
      if (definitionOf(apiVersion, kind) === undefined) yield unknownKind(resource, platform);
    }
  },
};

/** A group that Kubernetes itself owns: no dot, or `.k8s.io` that no CRD brings. Others are shared: Argo CD and Argo Rollouts both use argoproj.io. */
const BUILT_IN = /^[^.]*$|^(networking|rbac\.authorization|storage)\.k8s\.io$/;

function unknownKind(resource: Resource, platform: Platform): Problem {
  const { apiVersion, kind, group } = resource;
  const at = resource.at('kind');
  const versions = versionsOf(kind);
  const defined = platform
    .ofKind('CustomResourceDefinition')
    .some((crd) => crd.at('spec', 'names', 'kind').text === kind);
  const meant = suggest(kind, kindsOf(apiVersion));
  // A version of a custom resource may be newer than what is known here.
  const isNewer = versions.some((version) => version.split('/')[0] === group) && !BUILT_IN.test(group);
  if (BUILT_IN.test(group) || (meant !== undefined && meant !== kind && !defined && !isNewer)) {
    const move = versions.length > 0 ? `Kind ${kind} is in ${versions.join(', ')}.` : 'Write a kind that it has.';
    const fix = meant === undefined ? move : `Did you mean ${meant}?`;
    return { at, message: `${apiVersion} has no kind ${kind}`, fix };
  }
  return {
    at,
    severity: 'note',
    message: `${kind} of ${apiVersion} is a custom resource that is not known here${defined ? '' : '; its fields were not checked'}`,
    fix: 'Nothing to do; check it against its own schema.',
  };
}

const servedApi: Rule = {
  id: 'served-api',
  title: 'Every API version is still served',
  rationale:
    'A cluster that no longer serves the version answers "no matches for kind", and the object is never created.',
  docs: 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/',
  *check(platform) {
    for (const resource of platform.resources) {
      const removal = removalOf(resource);
      if (removal === undefined) continue;
      yield {
        at: resource.at('apiVersion'),
        message: `${resource.apiVersion} ${resource.kind} is no longer served since ${removal.since}`,
        fix: `Move to ${removal.successor}.`,
      };
    }
  },
};

const fitsSchema: Rule = {
  id: 'fits-schema',
  title: 'Every object fits the official schema of its kind',
  rationale:
    'The API server refuses what has an unknown field, a wrong type or a missing field; other clients drop what they do not know.',
  docs: 'https://kubernetes.io/docs/reference/kubernetes-api/',
  asksJudge: true,
  *check(platform) {
    const given = platform.ofKind('CustomResourceDefinition');
    for (const resource of unasked(platform)) yield* departures(resource, given);
  },
};

/** Alpha fields of that release count as its own: whether a cluster has them switched on, no manifest says. */
const runsOnOldest: Rule = {
  id: 'runs-on-oldest',
  title: 'Where Kubernetes 1.28 is promised, no kind and no field is newer than that',
  rationale:
    'An older API server drops a field that it does not know, so what it was to set is not set, and refuses a kind.',
  docs: 'https://kubernetes.io/releases/version-skew-policy/',
  *check(platform) {
    for (const resource of platform.resources.filter((one) => isPromised(platform, one))) {
      const { oldest, newer } = api();
      const { apiVersion, kind } = resource;
      const fix = `Do without it until the oldest cluster is past ${oldest}, and then take back the promise.`;
      if (newer.kinds.includes(`${apiVersion}/${kind}`))
        yield { at: resource.at('kind'), message: `Kubernetes ${oldest} has no ${kind} of ${apiVersion}`, fix };
      for (const at of newerFields(resource))
        yield { at, message: `Kubernetes ${oldest} has no ${at.path.at(-1)} here`, fix };
    }
  },
};

/** What has no namespace is everybody's. */
function isPromised(platform: Platform, { namespace }: Resource): boolean {
  const own = platform.environmentOf(namespace);
  const bound = namespace === '' ? platform.environments : own ? [own] : [];
  return bound.some((environment) => environment.promises(PROMISES.oldestKubernetes));
}

/** No machine in sight has as many cores: who writes this means thousandths. */
const CORES_AT_MOST = 256;
/** No process starts in less: who writes this forgot the unit. */
const BYTES_AT_LEAST = 64 * 1024;

const quantities: Rule = {
  id: 'quantities',
  title: 'Quantities mean what they seem to: memory in bytes, CPU in cores',
  rationale:
    'A memory of 128m is an eighth of a byte and a CPU of 1000 is a thousand machines: the pod is killed at once, or never scheduled.',
  docs: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#resource-units-in-kubernetes',
  *check(platform) {
    const claims = [
      ...platform.ofKind('PersistentVolumeClaim'),
      ...platform.ofKind('StatefulSet').flatMap((set) => set.at('spec', 'volumeClaimTemplates').items),
    ];
    const amounts = [
      ...platform.workloads.flatMap(({ containers }) =>
        containers.flatMap(({ field }) => ['requests', 'limits'].map((part) => field.at('resources', part))),
      ),
      ...platform.ofKind('ResourceQuota').map((quota) => quota.at('spec', 'hard')),
      ...platform
        .ofKind('LimitRange')
        .flatMap((range) => range.at('spec', 'limits').items)
        .flatMap((limit) => ['min', 'max', 'default', 'defaultRequest'].map((part) => limit.at(part))),
      ...claims.map((claim) => claim.at('spec', 'resources', 'requests')),
    ].flatMap((map) => map.entries);
    for (const [name, at] of amounts) {
      const amount = parseQuantity(at.value);
      if (amount !== undefined && amount > 0) yield* misread(name, at, amount);
    }
  },
};

function* misread(name: string, at: Field, amount: number): Iterable<Problem> {
  const written = String(at.value);
  const resource = name.replace(/^(requests|limits)\./, '');
  if (resource === 'cpu' && amount >= CORES_AT_MOST && !name.includes('.') && !String(at).includes('hard')) {
    const message = `a CPU of ${written} is ${amount} whole cores`;
    yield { at, message, fix: `Write ${written}m for thousandths of a core.` };
  }
  if (!/^(memory|storage|ephemeral-storage)$/.test(resource)) return;
  if (written.endsWith('m')) {
    const message = `${written} is ${amount} bytes: "m" means thousandths`;
    yield { at, message, fix: `Write ${written.slice(0, -1)}Mi.` };
  } else if (amount < BYTES_AT_LEAST)
    yield { at, message: `${written} is ${amount} bytes`, fix: `Write the unit: ${parseInt(written, 10)}Mi.` };
}

/** In the order in which they judge. */
export const schema: readonly Rule[] = [
  readable,
  identity,
  knownKind,
  servedApi,
  runsOnOldest,
  fitsSchema,
  quantities,
  ...times,
];
