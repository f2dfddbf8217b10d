import { load } from 'js-yaml';
import { attempt } from '../attempt.ts';
import { Field, isRecord } from '../field.ts';
import { oncePerPlatform, type Platform } from '../platform.ts';
import { type Analysis, analyse } from './analyse.ts';

/** An alerting or recording rule of Prometheus, wherever it is written. */
export interface WrittenRule {
  /** Where a finding points: the rule itself in a PrometheusRule, the key of the ConfigMap that holds the file otherwise. */
  readonly at: Field;
  /** The rule, to read. */
  readonly rule: Field;
  /** `alert HighErrorRate` or `rule job:requests:rate5m`. */
  readonly title: string;
}

/** Every rule of Prometheus: in PrometheusRules, and in rule files that ConfigMaps hold. */
export const writtenRules = oncePerPlatform((platform): readonly WrittenRule[] => [
  ...platform.ofKind('PrometheusRule').flatMap((resource) => rulesOf(resource.at('spec', 'groups'))),
  ...configFiles(platform).flatMap(({ at, content }) => rulesOf(content.at('groups'), at)),
]);

function rulesOf(groups: Field, at?: Field): readonly WrittenRule[] {
  const rules = groups.items.flatMap((group) => group.at('rules').items);
  return rules.map((rule) => {
    const { text: alert } = rule.at('alert');
    return { at: at ?? rule, rule, title: alert === undefined ? `rule ${rule.at('record').text}` : `alert ${alert}` };
  });
}

/** A file of YAML or JSON that a ConfigMap or a Secret holds. */
export interface ConfigFile {
  readonly at: Field;
  readonly name: string;
  readonly content: Field;
}

/** The configuration files of ConfigMaps and literal Secrets that are maps of YAML or JSON. */
export const configFiles = oncePerPlatform((platform): readonly ConfigFile[] =>
  platform.ofKind('ConfigMap', 'Secret').flatMap((resource) =>
    [...resource.at('data').entries, ...resource.at('stringData').entries].flatMap(([name, at]) => {
      const content = /\.(ya?ml|json|rules)$/.test(name) ? parse(name, at.text) : undefined;
      return content === undefined ? [] : [{ at, name, content: new Field(resource, content) }];
    }),
  ),
);

/** JSON by its own parser, ten times as fast as that of YAML on a dashboard. */
function parse(name: string, text = ''): unknown {
  const value = attempt(() => (name.endsWith('.json') ? JSON.parse(text) : load(text)));
  return isRecord(value) ? value : undefined;
}

/** One PromQL expression of the platform. */
export interface Expression {
  readonly at: Field;
  /** What it belongs to: `alert HighErrorRate`, `panel Requests`. */
  readonly title: string;
  readonly text: string;
  readonly analysis: Analysis;
}

/** Every expression in rules and dashboards, read once for all rules that ask. */
export const expressions = oncePerPlatform((platform): readonly Expression[] => [
  ...rules(platform),
  ...dashboards(platform),
]);

function* rules(platform: Platform): Iterable<Expression> {
  for (const { at, rule, title } of writtenRules(platform)) {
    const text = rule.at('expr').scalar;
    if (text !== undefined) yield { at: at === rule ? rule.at('expr') : at, title, text, analysis: analyse(text) };
  }
}

function* dashboards(platform: Platform): Iterable<Expression> {
  for (const { at, name, content } of configFiles(platform)) {
    if (!name.endsWith('.json')) continue;
    for (const { title, target } of targets(content.at('panels'))) {
      const { text } = target.at('expr');
      if (text !== undefined) yield { at, title: `panel ${title}`, text, analysis: analyse(text) };
    }
    for (const variable of content.at('templating', 'list').items) {
      const query = variable.at('query').text ?? variable.at('query', 'query').text ?? variable.at('definition').text;
      const series = /^label_values\((.+),\s*\w+\s*\)$/.exec(query ?? '')?.[1]?.trim();
      if (series !== undefined)
        yield { at, title: `variable ${variable.at('name').text}`, text: series, analysis: analyse(series) };
    }
  }
}

/** The queries of panels, rows opened. */
function* targets(panels: Field): Iterable<{ readonly title: string; readonly target: Field }> {
  for (const panel of panels.items) {
    const title = panel.at('title').text ?? '';
    for (const target of panel.at('targets').items) yield { title, target };
    yield* targets(panel.at('panels'));
  }
}
