import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import type { Manifest } from '../../charts/plan/part.ts';
import { at } from '../../test/manifests.ts';

/** The objects of one environment, apart by service; the rest belongs to no service. */
export interface Installation {
  readonly environment: string;
  readonly services: ReadonlyMap<string, readonly Manifest[]>;
  readonly rest: readonly Manifest[];
}

/** Folded lines would come back differently from some readers. */
const WHOLE_LINES = { lineWidth: -1, noRefs: true };

/** Stands for the service's name in a template; no manifest holds it. */
const NAME = 'SERVICE-NAME';

/**
 * A Helm chart that renders the same objects, as a person would factor it: one template that ranges over the services; what all services
 * have in common is text, what differs between services or environments comes from the values file of the environment.
 */
export function writeHelmChart(folder: string, installations: readonly Installation[]): void {
  mkdirSync(join(folder, 'templates'), { recursive: true });
  mkdirSync(join(folder, 'static'), { recursive: true });
  writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: quotes\nversion: 1.0.0\n');
  const chart = new TemplateWriter(installations);
  writeFileSync(join(folder, 'templates/services.yaml'), chart.template());
  // What stands once is text: no template could be faster.
  writeFileSync(
    join(folder, 'templates/rest.yaml'),
    '{{ .Files.Get (printf "static/%s.yaml" .Values.environment) }}\n',
  );
  for (const installation of installations) {
    const { environment, rest } = installation;
    writeFileSync(join(folder, `values-${environment}.yaml`), dump(chart.values(installation), WHOLE_LINES));
    for (const release of chart.releases(installation)) {
      writeFileSync(join(folder, `release-${environment}-${release.name}.yaml`), dump(release.values, WHOLE_LINES));
    }
    writeFileSync(
      join(folder, `static/${environment}.yaml`),
      rest.map((object) => `---\n${dump(object, WHOLE_LINES)}`).join(''),
    );
  }
}

/** Compares the same object of every service of every environment: where all agree is text, where they differ is a value. */
class TemplateWriter {
  readonly #kinds: readonly string[];
  readonly #instances: readonly { readonly key: string; readonly objects: ReadonlyMap<string, unknown> }[];
  readonly #values = new Map<string, Record<string, unknown>>();
  #count = 0;

  constructor(installations: readonly Installation[]) {
    this.#instances = installations.flatMap(({ environment, services }) =>
      [...services].map(([name, objects]) => ({
        key: `${environment}/${name}`,
        objects: new Map(objects.map((object) => [String(object['kind']), renamed(object, name)])),
      })),
    );
    this.#kinds = [...new Set(this.#instances.flatMap(({ objects }) => [...objects.keys()]))];
  }

  template(): string {
    const documents = this.#kinds.map((kind) => {
      const having = this.#instances.filter(({ objects }) => objects.has(kind));
      for (const { key } of having) this.#valuesOf(key)[`has${kind}`] = true;
      const body = this.#node(having.map(({ key, objects }) => ({ key, value: objects.get(kind) })));
      const text = dump(body, WHOLE_LINES)
        .replace(/^(\s*)(.*?)'?@@(v\d+)@@'?$/gm, placeholder)
        .replaceAll(NAME, '{{ .name }}');
      return `{{- if .has${kind} }}\n---\n${text}{{- end }}\n`;
    });
    return `{{- range .Values.services }}\n${documents.join('')}{{- end }}\n`;
  }

  values({ environment, services }: Installation) {
    return {
      environment,
      services: [...services.keys()].map((name) => ({ name, ...this.#values.get(`${environment}/${name}`) })),
    };
  }

  /** The same as a team installs it that ships services one by one: a release each, and one of what belongs to none. */
  releases(installation: Installation): { readonly name: string; readonly values: unknown }[] {
    const { environment, services } = this.values(installation);
    return [
      { name: 'rest', values: { environment, services: [] } },
      ...services.map((service) => ({ name: service.name, values: { environment: 'none', services: [service] } })),
    ];
  }

  #node(found: readonly { readonly key: string; readonly value: unknown }[]): unknown {
    const [first] = found;
    const texts = new Set(found.map(({ value }) => JSON.stringify(value)));
    if (texts.size === 1) return first?.value;
    const keys = found.map(({ value }) => (isMap(value) ? Object.keys(value).sort().join() : undefined));
    if (keys[0] !== undefined && new Set(keys).size === 1) {
      return Object.fromEntries(
        Object.keys(Object(first?.value)).map((name) => [
          name,
          this.#node(found.map(({ key, value }) => ({ key, value: fieldOf(value, name) }))),
        ]),
      );
    }
    this.#count += 1;
    for (const { key, value } of found) this.#valuesOf(key)[`v${this.#count}`] = named(value, key);
    return `@@v${this.#count}@@`;
  }

  #valuesOf(key: string): Record<string, unknown> {
    const values = this.#values.get(key) ?? {};
    this.#values.set(key, values);
    return values;
  }
}

/** A value in its place: text in a line of its own, everything else as YAML below its key. */
function placeholder(_: string, indent: string, key: string, value: string): string {
  return `${indent}${key}\n{{ toYaml .${value} | indent ${indent.length + 2} }}`;
}

/** By the whole of its name: labels hold dots. */
function fieldOf(value: unknown, name: string): unknown {
  return new Map(Object.entries(Object(value))).get(name);
}

function isMap(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function renamed(object: Manifest, name: string): unknown {
  return JSON.parse(JSON.stringify(object).replaceAll(new RegExp(`(?<![a-z-])${name}(?![a-z])`, 'g'), NAME));
}

function named(value: unknown, key: string): unknown {
  const name = key.slice(key.indexOf('/') + 1);
  return JSON.parse(JSON.stringify(value).replaceAll(NAME, name));
}

/** Apart by service: what carries a service's name in its label, and is a service's. */
export function installationOf(environment: string, objects: readonly Manifest[]): Installation {
  const services = new Map<string, Manifest[]>();
  const rest: Manifest[] = [];
  for (const object of objects) {
    const labels = new Map<string, unknown>(Object.entries(Object(at(object, 'metadata.labels'))));
    const name = String(labels.get('app.kubernetes.io/name'));
    if (labels.get('app.kubernetes.io/component') !== 'service') rest.push(object);
    else services.set(name, [...(services.get(name) ?? []), object]);
  }
  return { environment, services, rest };
}
