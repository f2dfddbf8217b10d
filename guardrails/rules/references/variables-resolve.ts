import type { Container } from '../../container.ts';
import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';
import { isServiceLink } from '../../service-links.ts';

export const variablesResolve: Rule = {
  id: 'variables-resolve',
  title: 'Every $(VARIABLE) in a value, a command or an argument is defined, and before the value that uses it',
  rationale: 'Kubernetes leaves what it cannot resolve as it is: the program gets the literal text "$(VARIABLE)".',
  severity: 'error',
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
