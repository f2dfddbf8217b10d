import { PROMISES } from '../../annotations.ts';
import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { eachEnvironment, eachWorkload, type Rule, rules, type Severity } from '../../rule.ts';
import { didYouMean } from '../../suggest.ts';
import type { Container, Workload } from '../../workload.ts';
import { BASELINE, type Control, passes, RESTRICTED } from './pod-security-controls.ts';

/** The levels that forbid anything; `restricted` forbids all that `baseline` does. */
type Level = 'baseline' | 'restricted';

const PREFIX = 'pod-security.kubernetes.io/';
const MODES = ['enforce', 'audit', 'warn'].flatMap((mode) => [mode, `${mode}-version`]);
const LEVELS = ['privileged', 'baseline', 'restricted'];

export const podSecurityRules = rules({
  'pod-security-enforced': {
    title: 'Where Pod Security is promised, every namespace enforces the restricted Pod Security standard',
    rationale: 'However strict the manifests are: without the label any other pod there may run as root on the node.',
    docs: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/',
    where: PROMISES.podSecurity,
    check: eachEnvironment(function* ({ name, namespaces }) {
      for (const at of namespaces.map((namespace) => namespace.at('metadata', 'labels', `${PREFIX}enforce`))) {
        if (at.text === 'restricted') continue;
        const message = `environment ${name} enforces ${at.text ?? 'no Pod Security standard'} here`;
        yield { at, message, fix: `Label the namespace ${PREFIX}enforce: restricted.` };
      }
    }),
  },
  'pod-security-labels': {
    title: 'The Pod Security labels of a namespace name a mode that exists',
    rationale: 'The server takes any other label as it is: a misspelt mode enforces nothing.',
    docs: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces',
    *check(platform) {
      const labels = platform.ofKind('Namespace').flatMap((one) => one.at('metadata', 'labels').entries);
      for (const [key, at] of labels.filter(([label]) => label.startsWith(PREFIX))) {
        const mode = key.slice(PREFIX.length);
        const fix = didYouMean(mode, MODES, `Name one of ${MODES.join(', ')}.`);
        if (!MODES.includes(mode)) yield { at, message: `there is no mode ${mode}`, fix };
      }
    },
  },
  ...asRules(BASELINE, 'baseline'),
  ...asRules(RESTRICTED, 'restricted'),
});

function asRules(controls: Readonly<Record<string, Control>>, level: Level) {
  return Object.fromEntries(Object.entries(controls).map(([id, control]) => [id, asRule(control, level)]));
}

function asRule(control: Control, level: Level): Omit<Rule, 'id'> {
  const { title, rationale, fix } = control;
  return {
    title,
    rationale,
    docs: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    check: eachWorkload(function* (workload, platform) {
      for (const { at, message, elsewhere } of violations(workload, control)) {
        const severity = severityOf(platform, workload, level, elsewhere);
        if (severity) yield { at, message: `${message}, which Pod Security ${level} forbids`, fix, severity };
      }
    }),
  };
}

/**
 * What the namespace's labels promise decides: `enforce` refuses the pod, `warn` and `audit` only tell. Where it promises nothing, what reaches the
 * node is an error, unless an agent of the node (a DaemonSet) or a part of the cluster needs it, and the rest of the baseline less.
 */
function severityOf(
  platform: Platform,
  { namespace, kind }: Workload,
  level: Level,
  elsewhere: Severity,
): Severity | undefined {
  const labels = platform.find('Namespace', '', namespace)?.labels ?? {};
  const includes = (mode: string): boolean => LEVELS.indexOf(labels[`${PREFIX}${mode}`] ?? '') >= LEVELS.indexOf(level);
  const enforced = labels[`${PREFIX}enforce`];
  if (includes('enforce') || (enforced === undefined && platform.profile !== 'baseline')) return 'error';
  if (includes('warn') || includes('audit')) return 'warning';
  if (enforced !== undefined || level === 'restricted') return undefined;
  return kind === 'DaemonSet' || namespace === 'kube-system' ? 'note' : elsewhere;
}

/** What of a workload breaks a control. */
function* violations(workload: Workload, { checks, isOfLinux }: Control) {
  if (isOfLinux && workload.pod.at('os', 'name').text === 'windows') return;
  for (const { paths, allows, says, gravity } of checks) {
    for (const [place = '', ...path] of paths.map((written) => written.split('.'))) {
      for (const [at, name] of PLACES[place]?.(workload, path) ?? [])
        if (!passes(allows, at)) yield { at, message: fill(says, at, name), elsewhere: gravity(at, workload) };
    }
  }
}

type Named = readonly [at: Field, name: string];

/** Where the paths of checks begin. */
const PLACES: Readonly<Record<string, (workload: Workload, path: readonly string[]) => readonly Named[]>> = {
  template: ({ template }, path) => below([template, ''], path),
  pod: ({ pod }, path) => below([pod, ''], path),
  volumes: ({ pod }, path) =>
    pod.at('volumes').items.flatMap((volume) => below([volume, volume.at('name').scalar ?? ''], path)),
  containers: ({ containers }, path) => containers.flatMap(({ field, name }) => below([field, name], path)),
  contexts: (workload, path) => securityContexts(workload).flatMap((context) => below([context, ''], path)),
  effective: ({ containers }, path) => containers.map((container) => [effective(container, path), container.name]),
};

function below([at, name]: Named, [key, ...rest]: readonly string[]): readonly Named[] {
  if (key === undefined) return [[at, name]];
  if (key !== '*') return below([at.at(key), name], rest);
  return [...at.items, ...at.entries.map(([, value]) => value)].flatMap((one) => below([one, name], rest));
}

/** Where a security context may stand: the pod's, then each container's. */
export function securityContexts({ pod, containers }: Workload): readonly Field[] {
  return [pod, ...containers.map(({ field }) => field)].map((field) => field.at('securityContext'));
}

/** The field of a container's security context, or the pod's where the container says nothing. */
function effective({ field, workload }: Container, path: readonly string[]): Field {
  const own = field.at('securityContext', ...path);
  const inherited = workload.pod.at('securityContext', ...path);
  return own.exists || !inherited.exists ? own : inherited;
}

function fill(says: string, at: Field, name: string): string {
  const words = { '{}': name, '{key}': String(at.path.at(-1)), '{value}': at.scalar, '{path}': at.at('path').scalar };
  return Object.entries(words).reduce((text, [word, value]) => text.replace(word, String(value)), says);
}
