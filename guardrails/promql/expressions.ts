import type { Field } from '../field.ts';
import { oncePerPlatform } from '../memo.ts';
import type { Platform } from '../platform.ts';
import { type Analysis, analyse } from './analyse.ts';
import { configFiles, writtenRules } from './rule-groups.ts';

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
