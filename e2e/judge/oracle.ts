import { isRecord } from '../../guardrails/field.ts';
import { ask } from '../../guardrails/judge/ask.ts';
import type { ObjectAnswer } from '../../guardrails/judge/protocol.ts';
import { eventually } from '../../test/eventually.ts';
import type { ApiServer } from './api-server.ts';

/** How a kind is reached, by `apiVersion/kind`. */
export type Paths = ReadonlyMap<string, { readonly plural: string; readonly namespaced: boolean }>;

/** What both sides are asked with. */
export interface Ask {
  readonly program: string;
  /** Objects that stand in both clusters. */
  readonly standing: readonly object[];
  readonly paths: Paths;
}

const QUERY = 'fieldManager=judge&fieldValidation=Strict&force=true';
const record = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What the server serves, by its own discovery. */
export async function pathsOf(server: ApiServer): Promise<Paths> {
  const { body } = await server.call('GET', '/apis');
  const versions = list(record(body)['groups']).flatMap((group) =>
    list(record(group)['versions']).map((version) => text(record(version)['groupVersion'])),
  );
  const found = new Map<string, { plural: string; namespaced: boolean }>();
  for (const version of ['v1', ...versions]) {
    const { body: resources } = await server.call('GET', rootOf(version));
    for (const resource of list(record(resources)['resources']).map(record)) {
      const plural = text(resource['name']);
      if (!plural.includes('/'))
        found.set(`${version}/${text(resource['kind'])}`, { plural, namespaced: resource['namespaced'] === true });
    }
  }
  return found;
}

function rootOf(version: string): string {
  return version.includes('/') ? `/apis/${version}` : `/api/${version}`;
}

/** The definitions that the judge brings for these objects, so that the server has the same. */
export function embeddedDefinitions(
  program: string,
  objects: readonly Readonly<Record<string, unknown>>[],
): readonly object[] {
  const [about] = ask(program, [{ ask: 'version' }]);
  const wanted = new Set(
    objects.map(({ apiVersion, kind }) => `${text(apiVersion).split('/')[0]}_${text(kind).toLowerCase()}`),
  );
  const kinds = (about?.version?.customs ?? []).filter((name) => wanted.has(name));
  const [reply] = ask(program, [{ ask: 'definitions', kinds }]);
  return reply?.definitions ?? [];
}

/** Applies what stands in the cluster, definitions first, and waits until they are served. */
export async function establish(server: ApiServer, { standing, paths }: Ask): Promise<void> {
  for (const object of standing) {
    const path = pathOf(paths, object);
    if (path === undefined) continue;
    const reply = await server.call('PATCH', `${path}?${QUERY}`, object);
    if (reply.code >= 300) throw new Error(`${path}: ${JSON.stringify(reply.body)}`);
  }
  const definitions = standing.filter((object) => record(object)['kind'] === 'CustomResourceDefinition').map(record);
  await eventually(
    async () => {
      const served = await pathsOf(server);
      for (const definition of definitions) {
        const spec = record(definition['spec']);
        const kind = text(record(spec['names'])['kind']);
        for (const version of list(spec['versions']).map(record)) {
          const key = `${text(spec['group'])}/${text(version['name'])}/${kind}`;
          if (version['served'] === true && !served.has(key)) throw new Error(`${key} is not served`);
        }
      }
    },
    { withinMs: 60_000 },
  );
}

/** Where an object stands on the server; undefined for a kind that it does not serve. */
export function pathOf(paths: Paths, object: unknown): string | undefined {
  const { apiVersion, kind, metadata } = record(object);
  const found = paths.get(`${text(apiVersion)}/${text(kind)}`);
  if (found === undefined) return undefined;
  const { name, namespace } = record(metadata);
  const space = found.namespaced ? `/namespaces/${text(namespace) || 'default'}` : '';
  const one = !canBeInPath(name) ? '' : `/${encodeURIComponent(text(name))}`;
  return `${rootOf(text(apiVersion))}${space}/${found.plural}${one}`;
}

/** Whether an object can be applied by name; what cannot is created, so that the server says what is wrong with its name. */
function canBeInPath(name: unknown): boolean {
  return text(name) !== '' && text(name).length < 1024 && name !== '.' && name !== '..' && !/[/%]/.test(text(name));
}

/** A strict server-side dry run, in the words of the judge's answer. */
export async function askServer(server: ApiServer, { paths }: Ask, object: unknown): Promise<ObjectAnswer> {
  const path = pathOf(paths, object);
  if (path === undefined) return { verdict: 'refused', reason: 'NotFound' };
  const fields = record(object);
  const metadata = record(fields['metadata']);
  const namespaced = paths.get(`${text(fields['apiVersion'])}/${text(fields['kind'])}`)?.namespaced === true;
  const sent =
    namespaced && (metadata['namespace'] ?? '') === ''
      ? { ...fields, metadata: { ...metadata, namespace: 'default' } }
      : fields;
  const named = canBeInPath(metadata['name']);
  const { code, body } = named
    ? await server.call('PATCH', `${path}?${QUERY}&dryRun=All`, sent)
    : await server.call('POST', `${path}?${QUERY.replace('&force=true', '')}&dryRun=All`, sent);
  if (code < 300) return { verdict: 'accepted' };
  const status = record(body);
  const causes = list(record(status['details'])['causes']).map(record);
  return {
    verdict: 'refused',
    reason: text(status['reason']),
    message: text(status['message']),
    causes: causes.map((cause) => ({
      field: text(cause['field']),
      reason: text(cause['reason']),
      message: text(cause['message']),
    })),
  };
}

/** In which way two answers differ: verdict, reason, or a field with its words. Undefined when they are the same. */
export function compare(ours: ObjectAnswer | undefined, real: ObjectAnswer | undefined): string | undefined {
  const [a, b] = [ours, real].map((answer) => [
    answer?.verdict,
    answer?.verdict === 'accepted' ? '' : (answer?.reason ?? ''),
    ...(answer?.causes ?? []).map(({ field, reason, message }) => `${field} ${reason} ${message}`).sort(),
  ]);
  if (JSON.stringify(a) === JSON.stringify(b)) return undefined;
  return `judge:  ${JSON.stringify(a)} ${ours?.message?.slice(0, 300) ?? ''}\nserver: ${JSON.stringify(b)} ${real?.message?.slice(0, 300) ?? ''}`;
}
