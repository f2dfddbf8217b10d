import type { Container } from '../../container.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';

export const variablesResolve: Rule = {
  id: 'variables-resolve',
  title: 'Every $(VARIABLE) in a value, a command or an argument is defined',
  rationale: 'Kubernetes leaves what it cannot resolve as it is: the program gets the literal text "$(VARIABLE)".',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/',
  *check(platform) {
    for (const { containers, namespace } of platform.workloads) {
      for (const container of containers) {
        const known = definedIn(platform, namespace, container);
        for (const [at, name] of known ? uses(container) : []) {
          if (known?.has(name)) continue;
          yield {
            at,
            message: `$(${name}) is not defined in container ${container.name}`,
            fix: `Define ${name}, or write $$(${name}) for the text itself.`,
          };
        }
      }
    }
  },
};

/** The variables of a container; undefined when some come from an object that is not given. */
function definedIn(platform: Platform, namespace: string, { env, field }: Container): ReadonlySet<string> | undefined {
  const names = env.flatMap((variable) => variable.at('name').text ?? []);
  for (const from of field.at('envFrom').items) {
    const config = platform.find('ConfigMap', namespace, from.at('configMapRef', 'name').text ?? '');
    if (!config) return undefined;
    names.push(...config.at('data').entries.map(([key]) => `${from.at('prefix').text ?? ''}${key}`));
  }
  return new Set(names);
}

function* uses({ env, field }: Container) {
  const shell = field.at('command').items.some(({ text }) => /(^|\/)(ba|da|a)?sh$/.test(text ?? ''));
  const texts = shell ? [] : [...field.at('command').items, ...field.at('args').items];
  for (const at of [...env.map((variable) => variable.at('value')), ...texts]) {
    for (const [, name = ''] of (at.text ?? '').matchAll(/(?<!\$)\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)/g))
      yield [at, name] as const;
  }
}
