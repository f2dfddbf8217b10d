import type { Field } from '../../field.ts';
import { missing, missingUnlessBrought } from '../../missing.ts';
import { oncePerPlatform, type Platform } from '../../platform.ts';
import type { Problem, Rule } from '../../rule.ts';
import { hostsIn, isServiceLink, serviceOf } from '../../urls.ts';
import type { Container } from '../../workload.ts';

const urlsResolve: Rule = {
  id: 'urls-resolve',
  title:
    'Every address inside the cluster, in a variable, an argument or a configuration file, is a Service with that port',
  rationale:
    'The name does not resolve, or the connection is refused: the program waits, retries and fails, and no object looks wrong.',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/',
  *check(platform) {
    for (const { containers, namespace } of platform.workloads) {
      for (const { field, env } of containers) {
        const texts = [
          ...env.map((variable) => variable.at('value')),
          ...field.at('command').items,
          ...field.at('args').items,
        ];
        for (const at of texts) yield* judge(platform, at, namespace);
      }
    }
    for (const config of platform.ofKind('ConfigMap')) {
      for (const [, at] of config.at('data').entries) yield* judge(platform, at, config.namespace);
    }
  },
};

function* judge(platform: Platform, at: Field, from: string): Iterable<Problem> {
  const told = new Set<string>();
  for (const { host, port } of hostsIn(at)) {
    const target = serviceOf(host, from, namespaces(platform));
    const service = target && platform.find('Service', target.namespace, target.name);
    const key = `${service ? host : `${target?.namespace}/${target?.name}`}:${port}`;
    if (!target || told.has(key)) continue;
    told.add(key);
    if (service && isMissingPod(platform, host, target)) {
      yield {
        at,
        message: `${host} is no pod that ${service} governs`,
        fix: 'Name a pod of the StatefulSet, from 0 to its replicas minus one.',
      };
    } else if (service) {
      const ports = service.at('spec', 'ports').items.map((own) => own.at('port').number);
      if (port === undefined || service.at('spec', 'type').text === 'ExternalName' || ports.includes(port)) continue;
      if (isHeadless(service.at('spec', 'clusterIP')) && listensOn(platform, target, port)) continue;
      yield {
        at,
        message: `${host}:${port} leads to ${service}, which has port ${ports.join(', ')}`,
        fix: 'Name a port of the Service.',
      };
    } else if (isPodHost(platform, host, target.namespace)) {
    } else if (withServices(platform).has(target.namespace) && host.includes('.svc')) {
      yield missing(platform, { at, kind: 'Service', ...target });
    } else {
      yield missingUnlessBrought(platform, { at, kind: 'Service', ...target });
    }
  }
}

const namespaces = oncePerPlatform(
  (platform): ReadonlySet<string> => new Set(platform.ofKind('Namespace').map(({ name }) => name)),
);
const withServices = oncePerPlatform(
  (platform): ReadonlySet<string> => new Set(platform.ofKind('Service').map(({ namespace }) => namespace)),
);

function isHeadless(clusterIp: Field): boolean {
  return clusterIp.text === 'None';
}

/** A headless name resolves to the pods themselves: any port they listen on can be reached. */
function listensOn(
  platform: Platform,
  { name, namespace }: { name: string; namespace: string },
  port: number,
): boolean {
  const service = platform.find('Service', namespace, name);
  const workloads = service ? platform.selectedBy(service) : [];
  return workloads.some(({ running }) => running.some(({ ports }) => ports.some(({ number }) => number === port)));
}

/** `redis-3.redis` where the StatefulSet redis has three pods, or is called otherwise. */
function isMissingPod(
  platform: Platform,
  host: string,
  { name, namespace }: { name: string; namespace: string },
): boolean {
  const [first = '', second] = host.split('.');
  const [, set, index] = /^(.+)-(\d+)$/.exec(first) ?? [];
  if (
    set === undefined ||
    second !== name ||
    platform.find('Service', namespace, name)?.at('spec', 'clusterIP').text !== 'None'
  )
    return false;
  const owner = platform.workload('StatefulSet', namespace, set);
  return owner?.resource.at('spec', 'serviceName').text !== name || Number(index) >= (owner.replicas ?? 1);
}

/** `redis-0` inside the namespace: a pod of a StatefulSet whose hosts files or search path say so. */
function isPodHost(platform: Platform, host: string, namespace: string): boolean {
  const set = /^(.+)-\d+$/.exec(host.split('.')[0] ?? '')?.[1];
  return set !== undefined && platform.find('StatefulSet', namespace, set) !== undefined;
}

const variablesResolve: Rule = {
  id: 'variables-resolve',
  title: 'Every $(VARIABLE) in a value, a command or an argument is defined, and before the value that uses it',
  rationale: 'Kubernetes leaves what it cannot resolve as it is: the program gets the literal text "$(VARIABLE)".',
  docs: 'https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const container of workload.containers) {
        const imported = importedBy(platform, workload.namespace, container);
        if (!imported) continue;
        const all = new Set([...imported, ...namesOf(container.env)]);
        for (const { at, name, known } of uses(container, imported)) {
          if (known.has(name) || isServiceLink(platform, workload, name)) continue;
          yield all.has(name)
            ? {
                at,
                message: `$(${name}) is defined, but not before this value`,
                fix: `Move ${name} above it: values see only the variables before them.`,
              }
            : {
                at,
                message: `$(${name}) is not defined in container ${container.name}`,
                fix: `Define ${name}, or write $$(${name}) for the text itself.`,
              };
        }
      }
    }
  },
};

/** The variables that come from ConfigMaps; undefined when some come from an object that is not given. */
function importedBy(platform: Platform, namespace: string, { field }: Container): ReadonlySet<string> | undefined {
  const names: string[] = [];
  for (const from of field.at('envFrom').items) {
    const config = platform.find('ConfigMap', namespace, from.at('configMapRef', 'name').text ?? '');
    if (!config) return undefined;
    names.push(...config.at('data').entries.map(([key]) => `${from.at('prefix').text ?? ''}${key}`));
  }
  return new Set(names);
}

function namesOf(env: readonly Field[]): readonly string[] {
  return env.flatMap((variable) => variable.at('name').text ?? []);
}

/** A `$(name)` and the variables that are defined where it stands. */
interface Use {
  readonly at: Field;
  readonly name: string;
  readonly known: ReadonlySet<string>;
}

/** A value sees what was imported and the variables before it; commands and arguments see all, but a shell has substitutions of its own. */
function* uses({ env, field }: Container, imported: ReadonlySet<string>): Iterable<Use> {
  const known = new Set(imported);
  for (const variable of env) {
    yield* mentions(variable.at('value'), known);
    known.add(variable.at('name').text ?? '');
  }
  const shell = field.at('command').items.some(({ text }) => /(^|\/)(ba|da|a)?sh$/.test(text ?? ''));
  const texts = shell ? [] : [...field.at('command').items, ...field.at('args').items];
  for (const at of texts) yield* mentions(at, known);
}

function* mentions(at: Field, known: ReadonlySet<string>): Iterable<Use> {
  for (const [, name = ''] of (at.text ?? '').matchAll(/(?<!\$)\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)/g))
    yield { at, name, known };
}

export const addressesRules: readonly Rule[] = [urlsResolve, variablesResolve];
