import type { Field } from '../../field.ts';
import type { Problem } from '../../finding.ts';
import { configFiles } from '../../promql/rule-groups.ts';
import type { Rule } from '../../rule.ts';
import { suggest } from '../../suggest.ts';

export const receiversExist: Rule = {
  id: 'receivers-exist',
  title: 'Every route of Alertmanager ends in a receiver that exists',
  rationale:
    'Alertmanager refuses the configuration and goes on with the old one, or does not start: nobody is told of anything.',
  severity: 'error',
  docs: 'https://prometheus.io/docs/alerting/latest/configuration/#route',
  *check(platform) {
    for (const { at, content } of platform.judge ? [] : configFiles(platform)) {
      const route = content.at('route');
      if (route.exists && content.at('receivers').exists) yield* judge(route, content.at('receivers'), () => at);
    }
    for (const config of platform.ofKind('AlertmanagerConfig')) {
      yield* judge(config.at('spec', 'route'), config.at('spec', 'receivers'), (field) => field);
    }
  },
};

function* judge(route: Field, receivers: Field, place: (field: Field) => Field): Iterable<Problem> {
  const known = receivers.items.flatMap((receiver) => receiver.at('name').text ?? []);
  const root = route.at('receiver');
  if (root.text === undefined)
    yield {
      at: place(route),
      message: 'the root route has no receiver',
      fix: 'Give it one for what no other route takes.',
    };
  for (const at of receiversIn(route)) {
    if (at.text === undefined || known.includes(at.text)) continue;
    const meant = suggest(at.text, known);
    yield {
      at: place(at),
      message: `a route ends in receiver ${at.text}: there is ${known.join(', ') || 'none'}`,
      fix: meant === undefined ? 'Name one that exists.' : `Did you mean ${meant}?`,
    };
  }
}

function* receiversIn(route: Field): Iterable<Field> {
  yield route.at('receiver');
  for (const child of route.at('routes').items) yield* receiversIn(child);
}
