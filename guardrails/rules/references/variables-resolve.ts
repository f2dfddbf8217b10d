import type { Container } from '../../container.ts';
import type { Rule } from '../../rule.ts';

export const variablesResolve: Rule = {
  id: 'variables-resolve',
  title: 'Every $(VARIABLE) in a value, a command or an argument is defined',
  rationale: 'Kubernetes leaves what it cannot resolve as it is: the program gets the literal text "$(VARIABLE)".',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/',
  *check(platform) {
    for (const { containers } of platform.workloads) {
      for (const container of containers) {
        if (container.field.at('envFrom').items.length > 0) continue;
        const known = new Set(container.env.flatMap((variable) => variable.at('name').text ?? []));
        for (const [at, name] of uses(container)) {
          if (!known.has(name))
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

function* uses({ env, field }: Container) {
  const shell = field.at('command').items.some(({ text }) => /(^|\/)(ba|da|a)?sh$/.test(text ?? ''));
  const texts = shell ? [] : [...field.at('command').items, ...field.at('args').items];
  for (const at of [...env.map((variable) => variable.at('value')), ...texts]) {
    for (const [, name = ''] of (at.text ?? '').matchAll(/(?<!\$)\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)/g))
      yield [at, name] as const;
  }
}
