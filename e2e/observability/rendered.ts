import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';

/** An object of dist/, as far as these tests read it. */
export interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly replicas?: number;
    readonly minReplicas?: number;
    readonly maxReplicas?: number;
    readonly hard?: Readonly<Record<string, string>>;
    readonly template?: {
      readonly spec: { readonly containers: readonly { readonly name: string; readonly args?: readonly string[] }[] };
    };
  };
}

/** dist/<environment>.k8s.yaml. */
export function renderedObjects(environment: string): readonly Rendered[] {
  const file = join(import.meta.dirname, `../../dist/${environment}.k8s.yaml`);
  return loadAll(readFileSync(file, 'utf8')) as Rendered[];
}

/** The files of a ConfigMap of the monitoring. */
export function filesOf(objects: readonly Rendered[], configMap: string): Readonly<Record<string, string>> {
  const found = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMap);
  if (found?.data === undefined) throw new Error(`dist/ has no ConfigMap ${configMap}`);
  return found.data;
}

/** The rule files of Prometheus, by name, read as YAML: one ConfigMap a group. */
export function ruleFilesOf<T>(objects: readonly Rendered[]): Readonly<Record<string, T>> {
  const maps = objects.filter(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('prometheus-rules-'),
  );
  const files = maps.flatMap(({ data }) => Object.entries(data ?? {}));
  if (files.length === 0) throw new Error('dist/ has no ConfigMap of rules');
  return Object.fromEntries(files.map(([name, text]) => [name, load(text) as T]));
}

/** A file of a ConfigMap, read as YAML. */
export function yamlOf<T>(objects: readonly Rendered[], configMap: string, file: string): T {
  const text = filesOf(objects, configMap)[file];
  if (text === undefined) throw new Error(`ConfigMap ${configMap} has no file ${file}`);
  return load(text) as T;
}

/** Every expression of every dashboard: panels, annotations, and the series behind the variables. */
export function dashboardQueries(objects: readonly Rendered[]): { readonly where: string; readonly expr: string }[] {
  return objects
    .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('grafana-dashboard-'))
    .flatMap(({ data }) => Object.values(data ?? {}))
    .flatMap((json) => queriesOf(JSON.parse(json) as DashboardJson));
}

interface PanelJson {
  readonly title: string;
  /** None on a row, which holds panels of its own. */
  readonly targets?: readonly { readonly expr: string }[];
  readonly panels?: readonly PanelJson[];
}

interface DashboardJson {
  readonly title: string;
  readonly panels: readonly PanelJson[];
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr?: string }[] };
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
}

function queriesOf({ title, panels, annotations, templating }: DashboardJson) {
  return [
    ...panels
      .flatMap((panel) => [panel, ...(panel.panels ?? [])])
      .flatMap((panel) => (panel.targets ?? []).map(({ expr }) => ({ where: `${title}: ${panel.title}`, expr }))),
    ...annotations.list.flatMap(({ name, expr }) =>
      expr === undefined ? [] : [{ where: `${title}: annotation ${name}`, expr }],
    ),
    ...templating.list.map(({ name, query }) => ({
      where: `${title}: variable ${name}`,
      expr: /^label_values\((.*), \w+\)$/.exec(query)?.[1] ?? query,
    })),
  ];
}
