import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRecord } from '../../guardrails/field.ts';
import { flatten } from '../../guardrails/input/document.ts';
import { readText } from '../../guardrails/input/parse.ts';
import { ask } from '../../guardrails/judge/ask.ts';
import { judgeOfThisMachine } from '../../guardrails/judge/judge.ts';
import { MINORS, minorFor } from '../../guardrails/judge/locate.ts';
import type { ObjectAnswer } from '../../guardrails/judge/protocol.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { mutate, numbersFrom } from './mutate.ts';
import { type Ask, askServer, compare, embeddedDefinitions, establish, pathsOf } from './oracle.ts';

const ROOT = join(import.meta.dirname, '../..');
/** How many mutated objects are compared: about a minute's worth unless told otherwise. */
const OBJECTS = Number(process.env['JUDGE_OBJECTS'] ?? 1000);
const SEED = Number(process.env['JUDGE_SEED'] ?? 1);
const BATCH = 250;

const CASES = [
  ...['dist', 'dist/addons', 'guardrails/fixtures/api-server'].map((folder) => join(ROOT, folder)),
  ...(process.env['JUDGE_CASES'] === undefined ? [] : [process.env['JUDGE_CASES']]),
];

function objectsIn(folder: string): readonly Record<string, unknown>[] {
  const files = readdirSync(folder, { withFileTypes: true }).filter(
    (file) => file.isFile() && file.name.endsWith('.yaml'),
  );
  return files
    .flatMap(({ name }) => flatten(readText(join(folder, name), readFileSync(join(folder, name), 'utf8'))))
    .flatMap(({ value }) => (isRecord(value) ? [{ ...value }] : []));
}

/** The minor whose judge and whose server are compared; only the newest server is built in CI. */
const MINOR = minorFor(process.env['JUDGE_KUBERNETES']);
const program = judgeOfThisMachine().judge?.program(MINOR);

/** The server of the very version that the judge is built from. */
function serverVersion(): string | undefined {
  const mod = readFileSync(join(ROOT, 'judge', MINOR === MINORS[0] ? 'go.mod' : `go.${MINOR}.mod`), 'utf8');
  return /k8s\.io\/kubernetes (v\S+)/.exec(mod)?.[1];
}

describe.skipIf(program === undefined)('the judge and a real API server', () => {
  let server: ApiServer;
  let asked: Ask;
  const objects = CASES.flatMap(objectsIn);
  /** What stands in both clusters comes from what we ship: cases may be wrong on purpose. */
  const ours = objectsIn(join(ROOT, 'dist'));
  beforeAll(async () => {
    server = await startApiServer({ version: serverVersion() });
    const namespaces = new Set(objects.flatMap((object) => namespaceOf(object)));
    const standing = [
      ...[...namespaces].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
      ...[...namespaces, 'default'].map((namespace) => ({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'default', namespace },
      })),
      ...ours.filter(({ kind }) =>
        ['PriorityClass', 'ServiceAccount', 'LimitRange', 'ResourceQuota'].includes(String(kind)),
      ),
      ...ours.filter(({ kind }) => kind === 'Namespace'),
    ];
    asked = {
      program: program ?? '',
      standing: [...standing, ...embeddedDefinitions(program ?? '', objects)],
      paths: await pathsOf(server),
    };
    await establish(server, asked);
    asked = { ...asked, paths: await pathsOf(server) };
  }, 300_000);
  afterAll(() => server.stop());

  it(`say the same of ${OBJECTS} mutated objects`, { timeout: 3_600_000 }, async () => {
    const random = numbersFrom(SEED);
    const disagreements: string[] = [];
    const verdicts: Record<string, number> = {};
    for (let done = 0; done < OBJECTS; done += BATCH) {
      const candidates = Array.from({ length: Math.min(BATCH, OBJECTS - done) }, () =>
        mutate(objects[Math.floor(random() * objects.length)], random),
      );
      const [answer] = ask(asked.program, [
        { ask: 'objects', cluster: asked.standing, objects: candidates.map((object) => ({ object })) },
      ]);
      const real = await Promise.all(candidates.map((object) => askServer(server, asked, object)));
      for (const [index, object] of candidates.entries()) {
        const judged: ObjectAnswer | undefined = answer?.answers?.[index];
        const difference = compare(judged, real[index]);
        verdicts[real[index]?.verdict ?? 'none'] = (verdicts[real[index]?.verdict ?? 'none'] ?? 0) + 1;
        if (difference !== undefined) disagreements.push(`${difference}\n${JSON.stringify(object)}`);
      }
    }
    console.log(
      `${OBJECTS} mutated objects, Kubernetes ${MINOR}: ${JSON.stringify(verdicts)}, ${disagreements.length} disagreements`,
    );
    expect(verdicts['refused'], 'mutations that a server refuses').toBeGreaterThan(OBJECTS / 5);
    expect(verdicts['accepted'], 'mutations that a server accepts').toBeGreaterThan(OBJECTS / 20);
    expect(disagreements).toEqual([]);
  });
});

function namespaceOf(object: Record<string, unknown>): readonly string[] {
  const metadata = object['metadata'];
  return isRecord(metadata) && typeof metadata['namespace'] === 'string' ? [metadata['namespace']] : [];
}
