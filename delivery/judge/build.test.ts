import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { locateJudge } from '../../guardrails/judge/locate.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { NOT_FOUND, type Run } from '../run.ts';
import { type BuildOptions, buildJudge, installProgram, NoGo } from './build.ts';

const CRD = `kind: CustomResourceDefinition
spec:
  group: example.com
  names: { kind: Thing }
  versions: [{ schema: { description: gone, properties: { description: { type: string, description: gone } } } }]
`;

function scenario(): { readonly options: BuildOptions; readonly calls: string[][]; readonly run: Run } {
  const root = temporaryFolder();
  const module = join(root, 'module');
  mkdirSync(join(root, 'origin/crds'), { recursive: true });
  mkdirSync(module);
  writeFileSync(join(root, 'origin/crds/thing.yaml'), CRD);
  writeFileSync(join(module, 'main.go'), 'package main');
  writeFileSync(join(module, 'definitions.json'), '[{"module":"example.com/m","version":"v1.0.0","files":"crds"}]');
  const calls: string[][] = [];
  const run: Run = async (_program, args, { cwd }) => {
    calls.push([...args]);
    if (args[0] === 'mod') return { code: 0, stdout: JSON.stringify({ Dir: join(root, 'origin') }), stderr: '' };
    writeFileSync(join(cwd, 'judge'), readdirSync(join(cwd, 'crds')).join());
    chmodSync(join(cwd, 'judge'), 0o755);
    const definition = gunzipSync(readFileSync(join(cwd, 'crds/example.com_thing.json.gz')));
    expect(JSON.parse(String(definition)).spec.versions[0].schema).toEqual({
      properties: { description: { type: 'string' } },
    });
    return { code: 0, stdout: '', stderr: '' };
  };
  const target = { os: 'linux', architecture: 'amd64' };
  return { options: { minor: '1.34', target, module, cache: join(root, 'quotes-platform/judge') }, calls, run };
}

it('builds once for the same sources, with the definitions of the pinned modules inside', async () => {
  const { options, calls, run } = scenario();
  const first = await buildJudge(options, run);
  expect(first.cached).toBe(false);
  expect(readFileSync(first.program, 'utf8')).toContain('example.com_thing.json.gz');
  expect(calls.at(-1)).toEqual(expect.arrayContaining(['build', '-trimpath', '-buildvcs=false']));
  expect(await buildJudge(options, run)).toEqual({ program: first.program, cached: true });
  writeFileSync(join(options.module, 'main.go'), 'package main // changed');
  expect((await buildJudge(options, run)).program).not.toBe(first.program);
});

it('makes the last build the one that the client finds', async () => {
  const { options, run } = scenario();
  const { program } = await buildJudge(options, run);
  const cache = temporaryFolder();
  const link = installProgram(program, '1.34', join(cache, 'manifest-guardrails'));
  expect(locateJudge('1.34', { XDG_CACHE_HOME: cache })).toBe(link);
});

it('says that there is no Go, and leaves nothing behind', async () => {
  const { options } = scenario();
  const without: Run = async () => ({ code: NOT_FOUND, stdout: '', stderr: '' });
  await expect(buildJudge(options, without)).rejects.toThrow(NoGo);
  expect(readdirSync(join(options.cache, readdirSync(options.cache)[0] ?? ''))).toEqual([]);
});
