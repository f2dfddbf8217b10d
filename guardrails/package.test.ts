import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'guardrails-package-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(join(import.meta.dirname, 'lib'), { recursive: true, force: true });
});

const POD =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: true, containers: [{name: c, image: "example.org/a:1.0.0"}]}\n';

describe('the package', () => {
  it('installs without network into an empty folder, and judges a foreign one', { timeout: 120_000 }, () => {
    const npm = (cwd: string, ...args: readonly string[]) => execFileSync('npm', args, { cwd, encoding: 'utf8' });
    const packed =
      npm(import.meta.dirname, 'pack', '--silent', '--pack-destination', folder)
        .trim()
        .split('\n')
        .at(-1) ?? '';
    const home = join(folder, 'home');
    mkdirSync(join(home, 'deploy'), { recursive: true });
    writeFileSync(join(home, 'package.json'), '{"private": true}\n');
    writeFileSync(join(home, 'deploy/pod.yaml'), POD);
    npm(home, 'install', '--offline', '--no-audit', '--no-fund', join(folder, packed));
    const { status, stdout } = spawnSync('node_modules/.bin/guardrails', ['deploy'], {
      cwd: home,
      encoding: 'utf8',
      env: { ...process.env, GUARDRAILS_JUDGE: 'off' },
    });
    expect(stdout).toMatch(/deploy\/pod\.yaml:4:17 {2}spec\.hostPID/);
    expect(status).toBe(1);
  });
});
