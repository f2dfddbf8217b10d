import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Platform } from '../../charts/plan/part.ts';
import { synthesize } from '../../charts/synthesize.ts';
import { ROOT } from '../../root.ts';
import { run } from './run.ts';

const MODULE = 'github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0';

type Schema = Readonly<Record<string, unknown>>;

interface Documents {
  /** Definitions by `apiVersion/kind`. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** The kinds of a platform's objects, by `apiVersion/kind`. */
export function kindsOf(platform: Platform): ReadonlySet<string> {
  const files = synthesize(platform).filter(({ path }) => !path.includes('/'));
  return new Set(files.flatMap(({ objects }) => objects.map(({ apiVersion, kind }) => `${apiVersion}/${kind}`)));
}

/** What holds a folder of manifests to the OpenAPI documents that our own guardrails use, strictly. Needs Go once. */
export function kubeconform(cache: string, kinds: ReadonlySet<string>): (folder: string) => void {
  const schemas = join(cache, 'schemas');
  mkdirSync(schemas, { recursive: true });
  run('env', `GOBIN=${cache}`, 'CGO_ENABLED=0', 'GOFLAGS=', 'GOTOOLCHAIN=auto', 'go', 'install', MODULE);
  const documents = JSON.parse(
    gunzipSync(readFileSync(join(ROOT, 'guardrails/schema/api.json.gz'))).toString(),
  ) as Documents;
  for (const kind of kinds) {
    const name = documents.kinds[kind];
    if (name === undefined) throw new Error(`no schema of ${kind}`);
    writeFileSync(join(schemas, fileOf(kind)), JSON.stringify(whole(documents, { $ref: `#/${name}` })));
  }
  const location = join(schemas, '{{.Group}}_{{.ResourceAPIVersion}}_{{.ResourceKind}}.json');
  return (folder) => {
    run(join(cache, 'kubeconform'), '-strict', '-summary', '-schema-location', location, folder);
  };
}

function fileOf(apiVersionAndKind: string): string {
  const parts = apiVersionAndKind.toLowerCase().split('/');
  const kind = parts.at(-1);
  const version = parts.at(-2);
  return `${parts.length > 2 ? parts[0] : version}_${version}_${kind}.json`;
}

/** A schema without references, as kubeconform's own collection has them. */
function whole({ definitions }: Documents, schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema), (_key, value: unknown) => {
    const reference = typeof value === 'object' && value !== null ? Reflect.get(value, '$ref') : undefined;
    if (typeof reference !== 'string') return value;
    return whole({ kinds: {}, definitions }, definitions[reference.split('/').at(-1) ?? '']);
  });
}
