import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/v4';
import { versionOf } from '../charts/constructs/labels.ts';
import { IMAGES } from '../charts/images.ts';
import { run } from '../delivery/run.ts';
import { judgeOfThisMachine } from '../guardrails/judge/judge.ts';
import { requireProgram } from '../test/requires.ts';
import { build, PROGRAMS } from './cluster/programs.ts';

const ROOT = join(import.meta.dirname, '..');
/** Go's vulnerability database as its module had it on 2026-11-05. */
const DATABASE = 'golang.org/x/vulndb@v0.0.0-20261105234957-e22db6528018';
/** The images whose programs are Go modules that can be had in their version: those that the cluster's suite builds, and restic. */
const MODULES: ReadonlyMap<string, string> = new Map([
  ...PROGRAMS.filter(({ full }) => full === true).map(
    ({ module, version }) => [nameOf(module), `${module}@${version}`] as const,
  ),
  ['restic', `github.com/restic/restic@v${versionOf(IMAGES.restic)}`] as const,
]);
const Download = z.object({ Dir: z.string(), GoMod: z.string() });
const GoMod = z.object({ Require: z.array(z.object({ Path: z.string(), Version: z.string() })) });
const Osv = z.object({ affected: z.array(z.object({ package: z.object({ name: z.string() }) })) });

const Finding = z.object({ trace: z.array(z.object({ module: z.string() })) });

/** The scanner writes one object after the other, each over several lines. */
function objectsIn(text: string): readonly Readonly<Record<string, unknown>>[] {
  return text.split(/^(?=\{)/m).map((object) => JSON.parse(object));
}

function nameOf(module: string): string {
  return (
    module
      .replace(/\/v\d+$/, '')
      .split('/')
      .at(-1) ?? ''
  );
}

const judge = judgeOfThisMachine().judge?.program();

describe.skipIf(requireProgram('go') === undefined || judge === undefined)(
  'what Go programs of the images, and the judge, require',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'vulnerabilities-'));
    let scanner = '';
    let database = '';
    writeFileSync(join(folder, 'go.mod'), 'module asks\n');
    afterAll(() => rmSync(folder, { recursive: true }));

    async function go(...args: readonly string[]): Promise<unknown> {
      const { code, stdout, stderr } = await run('go', args, { cwd: folder, env: { GOFLAGS: '-mod=mod' } });
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout);
    }

    /** Modules with known holes among these, each as `module@version`. */
    async function holesIn(modules: readonly string[]): Promise<readonly string[]> {
      const asked = ['-mode=query', '-format=json', `-db=file://${database}`, ...modules];
      const { code, stdout, stderr } = await run(scanner, asked, { cwd: folder });
      expect(code, stderr).toBe(0);
      const names = new Set(modules.map((module) => module.split('@')[0] ?? ''));
      const found = objectsIn(stdout).flatMap((object) => Osv.safeParse(object['osv']).data?.affected ?? []);
      return [...new Set(found.map((affected) => affected.package.name))].filter((name) => names.has(name)).sort();
    }

    /** Modules with known holes of which a program holds a part. Those of Go itself are the matter of whoever has built it. */
    async function holesWithin(program: string): Promise<readonly string[]> {
      const asked = ['-mode=binary', '-format=json', `-db=file://${database}`, program];
      const { code, stdout, stderr } = await run(scanner, asked, { cwd: folder });
      expect(code, stderr).toBe(0);
      // The packages that it names differ from run to run, the modules do not.
      const found = objectsIn(stdout).flatMap((object) => Finding.safeParse(object['finding']).data?.trace[0] ?? []);
      return [...new Set(found.map(({ module }) => module))].filter((module) => module !== 'stdlib').sort();
    }

    beforeAll(async () => {
      scanner = await build({ module: 'golang.org/x/vuln', version: 'v1.9.0', packages: [] }, 'cmd/govulncheck');
      database = join(Download.parse(await go('mod', 'download', '-json', DATABASE)).Dir, 'data/osv');
    }, 600_000);

    it('has no known hole without a written reason, and no reason without a hole', async () => {
      const found: string[] = [];
      for (const [name, module] of MODULES) {
        const { GoMod: file } = Download.parse(await go('mod', 'download', '-json', module));
        const { Require } = GoMod.parse(await go('mod', 'edit', '-json', file));
        const required = Require.filter(({ Version }) => Version !== 'v0.0.0').map(
          ({ Path, Version }) => `${Path}@${Version}`,
        );
        expect(required.length).toBeGreaterThan(50);
        for (const hole of await holesIn([module, ...required])) found.push(`${hole}: ${name}`);
      }
      for (const hole of await holesWithin(judge ?? '')) found.push(`${hole}: judge`);
      const page = readFileSync(join(ROOT, 'docs/reference/scanners.md'), 'utf8');
      const accepted = [...page.matchAll(/^\| `([^|`]+)` \| ([^|]+) \| [^|]+ \|$/gm)].flatMap(([, hole, names = '']) =>
        names.split(', ').map((name) => `${hole}: ${name}`),
      );
      expect(found.sort()).toEqual(accepted.sort());
    }, 300_000);

    it('would have one: a version with a hole that everybody knows is found, and the one that closed it is not', async () => {
      expect(await holesIn(['golang.org/x/text@v0.3.5'])).toEqual(['golang.org/x/text']);
      expect(await holesIn(['golang.org/x/text@v0.41.0'])).toEqual([]);
    });
  },
);
