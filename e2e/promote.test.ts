import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../delivery/run.ts';
import { repositoryCopy } from '../test/repository-copy.ts';
import type { TemporaryRepository } from '../test/temporary-repository.ts';

const FIRST = `sha256:${'1'.repeat(64)}`;
const SECOND = `sha256:${'2'.repeat(64)}`;

/** One history, told in order: real git, real synthesis, real guardrails. */
describe('promotions through a history', () => {
  let repository: TemporaryRepository;
  beforeAll(() => {
    repository = repositoryCopy();
  });
  afterAll(() => repository.remove());

  const npm = (...args: string[]) => run('npm', ['run', '--silent', ...args], { cwd: repository.root });
  const changed = async () => (await repository.git.changes()).map((line) => line.slice(3)).sort();
  const textOf = (path: string) => readFileSync(join(repository.root, path), 'utf8');

  it('puts a first image into staging, and touches staging alone', async () => {
    const { code, stdout, stderr } = await npm('promote', '--', 'staging', '--tag', '1.0.1', '--digest', FIRST);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('staging: 1.0.0 -> 1.0.1');
    expect(stdout).toContain(`quotes:1.0.0 -> ghcr.io/quotes-platform/quotes:1.0.1@${FIRST}`);
    expect(await changed()).toEqual(['charts/releases/staging.json', 'dist/staging.k8s.yaml']);
    repository.commit({});
  });

  it('tells a reviewer which pods will be replaced', async () => {
    const { stdout } = await npm('diff', '--', '--base', 'HEAD~1', '--markdown');
    for (const service of ['front', 'users', 'quotes', 'search'])
      expect(stdout).toContain(`kubectl -n quotes-staging rollout status deployment/${service}`);
  });

  it('gives production what staging runs, to the byte', async () => {
    const { code } = await npm('promote', '--', 'production', '--from', 'staging');
    expect(code).toBe(0);
    expect(textOf('charts/releases/production.json')).toBe(textOf('charts/releases/staging.json'));
    expect(textOf('dist/production.k8s.yaml')).toContain(`:1.0.1@${FIRST}`);
    repository.commit({});
  });

  it('goes back when it is told to', async () => {
    const refused = await npm('promote', '--', 'production', '--tag', '1.0.0', '--digest', SECOND);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('1.0.0 is older than 1.0.1');
    expect(await changed()).toEqual([]);
    const { code } = await npm(
      'promote',
      '--',
      'production',
      '--tag',
      '1.0.0',
      '--digest',
      SECOND,
      '--allow-downgrade',
    );
    expect(code).toBe(0);
    repository.commit({});
  });

  it('changes nothing when the platform does not hold together', async () => {
    const path = 'charts/environments/production.ts';
    repository.commit({ [path]: textOf(path).replace('maxReplicas: 20', 'maxReplicas: 2_000') });
    const { code, stderr } = await npm('promote', '--', 'production', '--from', 'staging');
    expect(code).toBe(1);
    expect(stderr).toContain('synthesis refused the release, nothing was changed');
    expect(await changed()).toEqual([]);
  });
});
