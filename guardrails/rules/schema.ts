import { PROMISES } from '../annotations.ts';
import { type Field, isRecord, type Resource } from '../field.ts';
import { answers, isUnknown } from '../judge/judge.ts';
import { oncePerPlatform, type Platform } from '../platform.ts';
import { parseQuantity } from '../quantity.ts';
import { each, eachResource, type Problem, type Rule, rules } from '../rule.ts';
import { api, definitionOf, kinds, newerFields } from '../schema/api.ts';
import { departures } from '../schema/fits.ts';
import { removalOf } from '../schema/removed.ts';
import { suggest } from '../suggest.ts';
import { times } from './times.ts';

const OBJECTS = 'https://kubernetes.io/docs/concepts/overview/working-with-objects/';

/** Kinds that are sent to the API server to be answered, not stored: they have no name. */
const UNNAMED = /Review$/;
const HOOKS = ['argocd.argoproj.io/hook', 'helm.sh/hook'];
/** A group that Kubernetes itself owns: no dot, or `.k8s.io` that no CRD brings. Others are shared: Argo CD and Argo Rollouts both use argoproj.io. */
const BUILT_IN = /^[^.]*$|^(networking|rbac\.authorization|storage)\.k8s\.io$/;
/** No machine in sight has as many cores: who writes this means thousandths. */
const CORES_AT_MOST = 256;
/** No process starts in less: who writes this forgot the unit. */
const BYTES_AT_LEAST = 64 * 1024;

/** The engine finds these: only it knows the files. */
export const readable: Rule = {
  id: 'readable',
  title: 'Every file can be read as Kubernetes objects',
  rationale: 'kubectl and GitOps controllers stop at it: what stands in the file never reaches the cluster.',
  docs: OBJECTS,
  check: () => [],
};

/** What the judge said nothing of: its verdict is final, so the rules that stand in for it skip the rest. */
const unasked = oncePerPlatform((platform): readonly Resource[] => {
  const asked = new Set(answers(platform).flatMap(({ resource, answer }) => (isUnknown(answer) ? [] : [resource])));
  return platform.resources.filter((resource) => !asked.has(resource));
});

/** In the order in which they judge. */
export const schema: readonly Rule[] = [
  readable,
  ...rules({
    identity: {
      title: 'Every object says what it is: apiVersion, kind, name',
      rationale: 'The API server cannot tell what to store, nor where.',
      docs: `${OBJECTS}#required-fields`,
      asksJudge: true,
      *check(platform) {
        for (const resource of platform.resources) yield* withoutName(resource);
        for (const resource of unasked(platform).filter(({ root }) => isRecord(root.value))) {
          const { root: at, apiVersion, kind } = resource;
          if (apiVersion === '' && kind === '') {
            const fix = 'Give manifests: the settings of another program are not judged.';
            yield { at, message: 'has neither apiVersion nor kind, and so is no Kubernetes object', fix };
            continue;
          }
          for (const field of ['apiVersion', 'kind'] as const)
            if (resource[field] === '') yield { at, message: `${field} is missing or no text`, fix: `Set ${field}.` };
          const isNamed = resource.name !== '' || resource.at('metadata', 'generateName').exists;
          if (isNamed || UNNAMED.test(kind)) continue;
          const [message, fix] = ['metadata.name is missing', 'Set metadata.name.'];
          yield { at: resource.at('metadata'), message, fix, severity: isOfProgram(resource) ? 'note' : 'error' };
        }
      },
    },
    'known-kind': {
      title: 'Every kind is one that its API version has',
      rationale: 'Nothing can be said about an object whose kind is unknown, and a cluster without its CRD refuses it.',
      docs: `${OBJECTS}#required-fields`,
      asksJudge: true,
      check: each(unasked, function* (resource, platform) {
        const { kind, apiVersion } = resource;
        if (kind === '' || apiVersion === '' || removalOf(resource) !== undefined) return;
        if (definitionOf(apiVersion, kind) !== undefined) return;
        if (!isOfProgram(resource) || isOfKubernetes(resource)) yield unknownKind(resource, platform);
      }),
    },
    'served-api': {
      title: 'Every API version is still served',
      rationale: 'A cluster that no longer serves it answers "no matches for kind", and the object is never created.',
      docs: 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/',
      check: eachResource(function* (resource) {
        const removal = removalOf(resource);
        const message = `${resource.apiVersion} ${resource.kind} is no longer served since ${removal?.since}`;
        if (removal) yield { at: resource.at('apiVersion'), message, fix: `Move to ${removal.successor}.` };
      }),
    },
    'runs-on-oldest': {
      title: 'Where Kubernetes 1.28 is promised, no kind and no field is newer than that',
      rationale: 'An older API server drops a field that it does not know, and refuses a kind.',
      docs: 'https://kubernetes.io/releases/version-skew-policy/',
      // Alpha fields of that release count as its own: whether a cluster has them switched on, no manifest says.
      check: eachResource(function* (resource, platform) {
        if (!isPromised(platform, resource)) return;
        const { oldest, newer } = api();
        const { apiVersion, kind } = resource;
        const fix = `Do without it until the oldest cluster is past ${oldest}, and then take back the promise.`;
        if (newer.kinds.includes(`${apiVersion}/${kind}`))
          yield { at: resource.at('kind'), message: `Kubernetes ${oldest} has no ${kind} of ${apiVersion}`, fix };
        for (const at of newerFields(resource))
          yield { at, message: `Kubernetes ${oldest} has no ${at.path.at(-1)} here`, fix };
      }),
    },
    'fits-schema': {
      title: 'Every object fits the official schema of its kind',
      rationale: 'The server refuses unknown fields, wrong types and missing fields.',
      docs: 'https://kubernetes.io/docs/reference/kubernetes-api/',
      asksJudge: true,
      check: each((platform) => unasked(platform), departures),
    },
    quantities: {
      title: 'Quantities mean what they seem to: memory in bytes, CPU in cores',
      rationale: 'A memory of 128m is an eighth of a byte, and a CPU of 1000 is a thousand machines.',
      docs: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#resource-units-in-kubernetes',
      check: each(amountsIn, function* ([name, at]) {
        const amount = parseQuantity(at.value);
        if (amount !== undefined && amount > 0) yield* misread(name, at, amount);
      }),
    },
  }),
  ...times,
];

/** The server makes the name, but `kubectl apply` refuses the object; hooks and runs of pipelines are created anew each time. */
function* withoutName({ name, root, annotations, group }: Resource): Iterable<Problem> {
  const at = root.at('metadata', 'generateName');
  if (name !== '' || !at.exists) return;
  const isHook = HOOKS.some((annotation) => annotations[annotation] !== undefined);
  const isCreated = isHook || ['argoproj.io', 'tekton.dev'].includes(group);
  const message = 'has generateName and no name, which kubectl apply refuses';
  const fix = 'Name it, or create it with kubectl create and leave it out here.';
  yield { at, message, fix, severity: isCreated ? 'note' : 'error' };
}

/** Settings that a program reads from a file (`KubeSchedulerConfiguration`, `EnvoyGateway`) have a version and a kind, and no metadata. */
function isOfProgram({ apiVersion, kind, root }: Resource): boolean {
  return apiVersion !== '' && !root.at('metadata').exists && definitionOf(apiVersion, kind) === undefined;
}

/** No program has its settings in a version of Kubernetes' own groups: there an unknown kind is misspelt. */
function isOfKubernetes({ group, apiVersion }: Resource): boolean {
  return BUILT_IN.test(group) && kinds().some((known) => known.apiVersion === apiVersion);
}

function unknownKind(resource: Resource, platform: Platform): Problem {
  const { apiVersion, kind, group } = resource;
  const at = resource.at('kind');
  const versions = kinds().flatMap((known) => (known.kind === kind ? known.apiVersion : []));
  const definitions = platform.ofKind('CustomResourceDefinition');
  const isDefined = definitions.some((crd) => crd.at('spec', 'names', 'kind').text === kind);
  const own = definitions.find(
    (crd) => crd.at('spec', 'group').text === group && crd.at('spec', 'names', 'kind').text === kind,
  );
  const served = own?.at('spec', 'versions').items.filter((version) => version.at('served').flag !== false) ?? [];
  const names = served.flatMap((version) => version.at('name').text ?? []);
  if (own && names.length > 0 && !names.some((version) => apiVersion === `${group}/${version}`)) {
    const message = `${own} serves ${kind} as ${names.join(', ')}, not as ${apiVersion}`;
    return { at: resource.at('apiVersion'), message, fix: `Write ${group}/${names[0]}.` };
  }
  const siblings = kinds().flatMap((known) => (known.apiVersion === apiVersion ? known.kind : []));
  const meant = suggest(kind, siblings);
  // A version of a custom resource may be newer than what is known here.
  const isNewer = versions.some((version) => version.split('/')[0] === group) && !BUILT_IN.test(group);
  if (BUILT_IN.test(group) || (meant !== undefined && meant !== kind && !isDefined && !isNewer)) {
    const move = versions.length > 0 ? `Kind ${kind} is in ${versions.join(', ')}.` : 'Write a kind that it has.';
    const fix = meant === undefined ? move : `Did you mean ${meant}?`;
    return { at, message: `${apiVersion} has no kind ${kind}`, fix };
  }
  const unchecked = isDefined ? '' : '; its fields were not checked';
  const message = `${kind} of ${apiVersion} is a custom resource that is not known here${unchecked}`;
  return { at, severity: 'note', message, fix: 'Nothing to do; check it against its own schema.' };
}

/** What has no namespace is everybody's. */
function isPromised(platform: Platform, { namespace }: Resource): boolean {
  const own = platform.environmentOf(namespace);
  const bound = namespace === '' ? platform.environments : own ? [own] : [];
  return bound.some((environment) => environment.promises(PROMISES.oldestKubernetes));
}

/** Every quantity, by the name of what it is of. */
function amountsIn(platform: Platform): readonly (readonly [string, Field])[] {
  const claims = platform.ofKind('PersistentVolumeClaim');
  const limits = platform.ofKind('LimitRange').flatMap((range) => range.at('spec', 'limits').items);
  const maps = [
    ...platform.containers.flatMap(({ field }) => ['requests', 'limits'].map((part) => field.at('resources', part))),
    ...platform.ofKind('ResourceQuota').map((quota) => quota.at('spec', 'hard')),
    ...limits.flatMap((limit) => ['min', 'max', 'default', 'defaultRequest'].map((part) => limit.at(part))),
    ...claims.map((claim) => claim.at('spec', 'resources', 'requests')),
    ...platform
      .ofKind('StatefulSet')
      .flatMap((set) => set.all('spec', 'volumeClaimTemplates', '*', 'spec', 'resources', 'requests')),
  ];
  return maps.flatMap(({ entries }) => entries);
}

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
