import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@babel/parser';
import type { Expression, ObjectExpression } from '@babel/types';
import { ruleGroups } from '../../charts/monitoring/rules/rule-groups.ts';
import { ENVIRONMENT } from '../../charts/plan/environment.ts';
import type { Plan } from '../../charts/plan/part.ts';
import { SERVICE_SPEC } from '../../charts/plan/service-spec.ts';
import { TASKS, type Task, TOPICS } from '../tasks.ts';
import { commentOf, type Field, SchemaReference } from './fields.ts';

const GENERATED = '<!-- Generated from the sources by `npm run synth`; edit those, not this page. -->';
/** The files of charts/plan/ that schemas of fields stand in. */
export const SCHEMAS = ['schema', 'networks', 'schedules', 'environment-fields', 'environment', 'service-spec'];

/** The pages of docs/reference/ that are written from the sources and their comments: text by path. */
export function referencePages(plans: readonly Plan[], root: string): ReadonlyMap<string, string> {
  const text = (path: string) => readFileSync(join(root, path), 'utf8');
  const schemas = new SchemaReference(SCHEMAS.map((name) => text(`charts/plan/${name}.ts`)));
  const pages = {
    'service.md': schemaPage(OF_SERVICE, schemas.fieldsOf('SERVICE_SPEC', SERVICE_SPEC)),
    'environment.md': schemaPage(OF_ENVIRONMENT, schemas.fieldsOf('ENVIRONMENT', ENVIRONMENT)),
    'annotations.md': annotationsPage(valuesIn(text('guardrails/annotations.ts'))),
    'metrics.md': metricsPage(plans, valuesIn(text('app/contract.ts'))),
    'commands.md': commandsPage(TASKS),
  };
  const written = Object.entries(pages).map(([name, parts]): [string, string] => [
    join(root, 'docs/reference', name),
    `${[...parts.slice(0, 1), GENERATED, ...parts.slice(1)].join('\n\n')}\n`,
  ]);
  return new Map(written);
}

const OF_SERVICE = `# Fields of a service

What is true of a service in every environment: a \`ServiceSpec\`, in \`charts/catalog.ts\` or a file of its own in \`charts/services/\`.
[Add a service](../how-to/add-a-service.md) shows how they are used.`;

const OF_ENVIRONMENT = `# Fields of an environment

What an environment decides: an \`Environment\`, one file in \`charts/environments/\` and its line in \`all.ts\` there. A field without a default
must be given, so that a new environment inherits nothing that nobody decided. [Add an environment](../how-to/add-an-environment.md) shows how.`;

const VERBS: Readonly<Record<Task['topic'], string>> = {
  work: 'work on the laptop',
  change: 'change the platform',
  check: 'check a change',
  clusters: 'use a cluster',
  releases: 'release',
  measure: 'measure',
  upkeep: 'look after the repository',
};

/** Plain fields in a first table, then a section for each that holds further ones. */
function schemaPage(introduction: string, fields: readonly Field[]): string[] {
  const nameOf = ({ path }: Field) => /^[^.[ ]+/.exec(path)?.[0] ?? path;
  const names = [...new Set(fields.map(nameOf))];
  const sections = names.flatMap((name) => {
    const [first, ...members] = fields.filter((field) => nameOf(field) === name);
    return members.length === 0 ? [] : [`## ${name}\n\n${first?.meaning ?? ''}\n\n${fieldTable(members)}`];
  });
  return [introduction, fieldTable(fields.filter((field) => nameOf(field) === field.path)), ...sections];
}

function fieldTable(fields: readonly Field[]): string {
  const optional = ({ type, required, meaning }: Field) =>
    required || type === '' || meaning.includes('Default: ') ? '' : ' Optional.';
  return table(
    ['field', 'type', 'meaning'],
    fields.map((field) => [`\`${field.path}\``, field.type, `${field.meaning}${optional(field)}`]),
  );
}

function annotationsPage(values: readonly Value[]): string[] {
  const ours = values.filter(({ text }) => text.includes('guardrails/'));
  return [
    `# Annotations

What manifests declare to the guardrails, beyond the Kubernetes API. Synthesis writes them; manifests of other origins may carry them. Where one is
absent, the rules that need it report nothing. \`--annotation-prefix\` reads another prefix than \`guardrails/\` too.`,
    table(
      ['annotation', 'meaning'],
      ours.map(({ text, comment }) => [`\`${text}\``, comment]),
    ),
  ];
}

function metricsPage(plans: readonly Plan[], contract: readonly Value[]): string[] {
  const shown = new Map<string, string[]>();
  for (const { name, metrics } of plans[0]?.catalog ?? [])
    for (const line of metrics?.lines ?? []) shown.set(line, [...(shown.get(line) ?? []), name]);
  const meaning = (line: string) => contract.find(({ text }) => line.startsWith(`${text}{`))?.comment ?? '';
  const contexts = plans.flatMap(({ monitoring }) => monitoring ?? []);
  const groups = contexts.slice(-1).flatMap((context) => ruleGroups(context));
  const recorded = new Map(groups.flatMap((group) => group.recordings).map(({ record, expr }) => [record, expr]));
  return [
    `# Metrics

What rules and dashboards may ask for. Alerts are listed with their [runbooks](../runbooks/README.md).`,
    '## What services show',
    table(
      ['metric and labels', 'type', 'services', 'meaning'],
      [...shown].map(([line, services]) => {
        const [name = '', type = ''] = line.split(' ');
        return [`\`${name}\``, type, services.join(', '), meaning(line)];
      }),
    ),
    '## What rules record',
    `Each series is recorded for every service that promises something; the expression is that of one of them in ${contexts.at(-1)?.environment}.`,
    table(
      ['series', 'expression'],
      [...recorded].map(([record, expr]) => [`\`${record}\``, `\`${expr}\``]),
    ),
  ];
}

function commandsPage(tasks: Readonly<Record<string, Task>>): string[] {
  const rows = (topic: Task['topic']) =>
    Object.entries(tasks)
      .filter(([, task]) => task.topic === topic)
      .map(([name, { summary, steps = [] }]) => [
        `\`npm run ${name}\``,
        `${summary}${steps.length > 1 ? `: ${steps.map((step) => `\`${step}\``).join(', ')}` : ''}`,
      ]);
  return [
    `# Commands

\`npm run help\` prints this list, and \`npm run COMMAND -- --help\` the options and exit codes of one. In general: 0 done or nothing found; 1 something was found, or
it failed and the output says why; 2 the command line is wrong, or something that it needs is missing.`,
    ...TOPICS.map((topic) => `## To ${VERBS[topic]}\n\n${table(['command', 'what it does'], rows(topic))}`),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** A constant text with its doc comment. */
export interface Value {
  readonly text: string;
  readonly comment: string;
}

/** Every text that a module exports, alone or as a property of an exported object. */
export function valuesIn(source: string): Value[] {
  return parse(source, { sourceType: 'module', plugins: ['typescript'] }).program.body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration' || statement.declaration?.type !== 'VariableDeclaration') return [];
    return statement.declaration.declarations.flatMap(({ init }) => {
      const value = init?.type === 'TSAsExpression' ? init.expression : init;
      if (value?.type === 'StringLiteral') return [{ text: value.value, comment: commentOf(statement) }];
      return value?.type === 'ObjectExpression' ? propertiesOf(value) : [];
    });
  });
}

function propertiesOf({ properties }: ObjectExpression): Value[] {
  return properties.flatMap((property) => {
    if (property.type !== 'ObjectProperty') return [];
    const value = property.value as Expression;
    return value.type === 'StringLiteral' ? [{ text: value.value, comment: commentOf(property) }] : [];
  });
}
