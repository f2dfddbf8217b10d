import type { Field, Resource } from '../../field.ts';
import { missing, missingUnlessBrought } from '../../missing.ts';
import { oncePerPlatform, type Platform } from '../../platform.ts';
import { eachContainer, type Problem, rules } from '../../rule.ts';
import { hostsIn, isHeadless, isServiceLink, serviceOf } from '../../urls.ts';
import type { Container } from '../../workload.ts';

export const addressesRules = rules({
  'urls-resolve': {
    title:
      'Every address inside the cluster that a program is given is a Service with that port, and every alias a host',
    rationale: 'The name does not resolve, or the connection is refused, and no object looks wrong.',
    docs: 'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/',
    *check(platform) {
      for (const { field } of platform.containers) {
        for (const at of [...field.all('env', '*', 'value'), ...field.all('command', '*'), ...field.all('args', '*')])
          yield* unresolved(platform, at);
      }
      for (const [, at] of platform.ofKind('ConfigMap').flatMap((config) => config.at('data').entries))
        yield* unresolved(platform, at);
      for (const service of platform.ofKind('Service')) yield* alias(service);
    },
  },
  'variables-resolve': {
    title: 'Every $(VARIABLE) in a value, a command or an argument is defined, and before the value that uses it',
    rationale: 'Kubernetes leaves what it cannot resolve as it is: the program gets the literal text "$(VARIABLE)".',
    docs: 'https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/',
    check: eachContainer(function* (container, platform) {
      const imported = importedBy(platform, container);
      if (!imported) return;
      const { workload, field } = container;
      const defined = new Set([...imported, ...field.all('env', '*', 'name').flatMap(({ text }) => text ?? [])]);
      for (const { at, name, known } of uses(container, imported)) {
        if (known.has(name) || isServiceLink(platform, { workload, variable: name, defined })) continue;
        const isLater = defined.has(name);
        const message = `$(${name}) is ${isLater ? 'defined, but not before this value' : `not defined in container ${container.name}`}`;
        const move = `Move ${name} above it: values see only the variables before them.`;
        yield { at, message, fix: isLater ? move : `Define ${name}, or write $$(${name}) for the text itself.` };
      }
    }),
  },
});

/** An alias is a name in the DNS: no address, and not its own. */
function* alias({ root, namespace, name }: Resource): Iterable<Problem> {
  const at = root.at('spec', 'externalName');
  const target = at.text ?? '';
  if (root.at('spec', 'type').text !== 'ExternalName') return;
  if (/^\d+(\.\d+){3}$/.test(target)) {
    const message = `${target} is an address, which the DNS looks up as a name`;
    yield { at, message, fix: 'Leave the selector out, and give the Service an EndpointSlice with the address.' };
  }
  if (target.replace(/\.$/, '').replace(/(\.svc)?\.cluster\.local$|\.svc$/, '') !== `${name}.${namespace}`) return;
  yield { at, message: 'is an alias of itself', fix: 'Name another host.' };
}

function* unresolved(platform: Platform, at: Field): Iterable<Problem> {
  const told = new Set<string>();
  for (const { host, port } of hostsIn(at)) {
    const target = serviceOf(host, at.resource.namespace, namespaces(platform));
    const service = target && platform.find('Service', target.namespace, target.name);
    const key = `${service ? host : `${target?.namespace}/${target?.name}`}:${port}`;
    if (!target || told.has(key)) continue;
    told.add(key);
    if (service && isMissingPod(platform, host, service)) {
      const fix = 'Name a pod of the StatefulSet, from 0 to its replicas minus one.';
      yield { at, message: `${host} is no pod that ${service} governs`, fix };
    } else if (service) {
      const ports = service.all('spec', 'ports', '*', 'port').map(({ number }) => number);
      const isExternal = service.at('spec', 'type').text === 'ExternalName';
      if (port === undefined || isExternal || ports.includes(port) || listensOn(platform, service, port)) continue;
      const message = `${host}:${port} leads to ${service}, which has port ${ports.join(', ')}`;
      yield { at, message, fix: 'Name a port of the Service.' };
    } else if (!isPodHost(platform, host, target.namespace)) {
      const isGiven = withServices(platform).has(target.namespace) && host.includes('.svc');
      yield (isGiven ? missing : missingUnlessBrought)(platform, { at, kind: 'Service', ...target });
    }
  }
}

const namespaces = oncePerPlatform((platform) => new Set(platform.ofKind('Namespace').map(({ name }) => name)));
const withServices = oncePerPlatform(
  (platform) => new Set(platform.ofKind('Service').map(({ namespace }) => namespace)),
);

/** A headless name resolves to the pods themselves, so any port they listen on can be reached. */
function listensOn(platform: Platform, service: Resource, port: number): boolean {
  const workloads = isHeadless(service) ? platform.selectedBy(service) : [];
  return workloads.some(({ ports }) => ports.some(({ number }) => number === port));
}

/** `redis-3.redis` where the StatefulSet redis has three pods, or is called otherwise. */
function isMissingPod(platform: Platform, host: string, service: Resource): boolean {
  const [first = '', second] = host.split('.');
  const [, set, index] = /^(.+)-(\d+)$/.exec(first) ?? [];
  if (set === undefined || second !== service.name || !isHeadless(service)) return false;
  const owner = platform.workload('StatefulSet', service.namespace, set);
  return owner?.resource.at('spec', 'serviceName').text !== service.name || Number(index) >= (owner.replicas ?? 1);
}

/** `redis-0` inside the namespace: a pod of a StatefulSet whose hosts files or search path say so. */
function isPodHost(platform: Platform, host: string, namespace: string): boolean {
  const set = /^(.+)-\d+$/.exec(host.split('.')[0] ?? '')?.[1];
  return set !== undefined && platform.find('StatefulSet', namespace, set) !== undefined;
}

/** The variables that come from ConfigMaps; undefined when some come from an object that is not given. */
function importedBy(platform: Platform, { field, workload }: Container): ReadonlySet<string> | undefined {
  const names: string[] = [];
  for (const from of field.at('envFrom').items) {
    const config = platform.find('ConfigMap', workload.namespace, from.at('configMapRef', 'name').text ?? '');
    if (!config) return undefined;
    names.push(...config.at('data').entries.map(([key]) => `${from.at('prefix').text ?? ''}${key}`));
  }
  return new Set(names);
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
  const isShell = field.at('command').words.some((word) => /(^|\/)(ba|da|a)?sh$/.test(word));
  const texts = isShell ? [] : [...field.at('command').items, ...field.at('args').items];
  for (const at of texts) yield* mentions(at, known);
}

function* mentions(at: Field, known: ReadonlySet<string>): Iterable<Use> {
  for (const [, name = ''] of (at.text ?? '').matchAll(/(?<!\$)\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)/g))
    yield { at, name, known };
}
