import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dev } from '../charts/environments/dev.ts';
import { production } from '../charts/environments/production.ts';
import { PlatformError } from '../charts/synthesize.ts';
import { PLATFORM, platformWith } from '../test/platform.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { readFolder } from './files.ts';
import { GuardrailError } from './judge.ts';
import { type Companions, writePlatform } from './write-platform.ts';

const NS = dev.namespace;
const COMPANIONS: Companions = { compose: () => ({ services: {} }), pages: () => new Map() };

/** What the judge says is asked in tests of its own: here it would only take time. */
beforeAll(() => {
  vi.stubEnv('GUARDRAILS_JUDGE', 'off');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

let standing = '';
let shown = '';
beforeAll(() => {
  standing = mkdtempSync(join(tmpdir(), 'written-'));
  shown = writePlatform(PLATFORM, COMPANIONS, standing);
});
afterAll(() => rmSync(standing, { recursive: true }));

/** A folder to which the platform was written. */
function written(): string {
  const root = temporaryFolder();
  cpSync(standing, root, { recursive: true });
  return root;
}

describe('writing the platform', () => {
  it('writes dist/ and compose.yaml, and tells what it made', () => {
    expect(readdirSync(standing).sort()).toEqual(['compose.yaml', 'dist']);
    expect(shown).toMatch(/dist\/ has changed\n {2}added: Namespace .*-dev, .* and \d+ more/);
    expect(shown).toMatch(/guardrails: /);
  });

  it('tells that nothing has changed, and touches no file of dist/', () => {
    const root = written();
    const before = statSync(join(root, 'dist')).ino;
    expect(writePlatform(PLATFORM, COMPANIONS, root)).toContain('dist/ is unchanged');
    expect(statSync(join(root, 'dist')).ino).toBe(before);
  });

  it('tells which objects a change touches, and writes them', () => {
    const root = written();
    const shown = writePlatform(platformWith({ ...dev, logLevel: 'warn' }), COMPANIONS, root);
    expect(shown).toContain(`changed: ConfigMap ${NS}/front, Deployment ${NS}/front, ConfigMap ${NS}/users`);
    expect(readFileSync(join(root, 'dist/dev.k8s.yaml'), 'utf8')).toContain('LOG_LEVEL: warn');
  });

  it('writes the pages that the platform is described on', () => {
    const root = temporaryFolder();
    const page = join(root, 'page.md');
    const pages: Companions['pages'] = (_plans, files) => new Map([[page, `${files.length} files`]]);
    writePlatform(PLATFORM, { ...COMPANIONS, pages }, root);
    expect(readFileSync(page, 'utf8')).toMatch(/^\d files$/);
  });
});

describe('a platform that cannot be written', () => {
  const unsound = platformWith({ ...production, sizing: { users: { minReplicas: 25 } } });
  /** Passes the checks of the catalog; what the manifests say together is wrong. */
  const unsafe = platformWith({
    ...production,
    scaling: { ...production.scaling, kind: 'auto', memoryPercent: 1 } as never,
  });

  it.each([
    ['the checks', unsound, PlatformError],
    ['the guardrails', unsafe, GuardrailError],
  ])('by %s leaves everything as it was', (_, platform, error) => {
    const root = written();
    writeFileSync(join(root, 'compose.yaml'), 'mine');
    const [before, folder] = [readFolder(root), statSync(join(root, 'dist')).ino];
    expect(() => writePlatform(platform, COMPANIONS, root)).toThrow(error);
    expect(readFolder(root)).toEqual(before);
    expect(statSync(join(root, 'dist')).ino).toBe(folder);
    expect(readdirSync(root).sort()).toEqual(['compose.yaml', 'dist']);
  });

  it('says what does not hold, and where', () => {
    expect(() => writePlatform(unsound, COMPANIONS, temporaryFolder())).toThrow(
      'the platform does not hold together:\n  - production/users: minReplicas 25 is above maxReplicas 20; lower the first or raise the second',
    );
  });

  it('leaves dist/ as it was where compose.yaml cannot be written, and says what to do', () => {
    const root = written();
    rmSync(join(root, 'compose.yaml'));
    mkdirSync(join(root, 'compose.yaml'));
    const before = readFolder(root);
    const changed = platformWith({ ...dev, logLevel: 'warn' });
    expect(() => writePlatform(changed, COMPANIONS, root)).toThrow(
      /compose\.yaml is not a file; move what stands there away/,
    );
    expect(readFolder(root)).toEqual(before);
    expect(readdirSync(root).sort()).toEqual(['compose.yaml', 'dist']);
  });

  it('writes nothing when what stands beside dist/ cannot be made', () => {
    const root = temporaryFolder();
    const compose = () => {
      throw new Error('no Compose file');
    };
    expect(() => writePlatform(PLATFORM, { ...COMPANIONS, compose }, root)).toThrow('no Compose file');
    expect(readdirSync(root)).toEqual([]);
  });
});
