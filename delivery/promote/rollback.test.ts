import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TemporaryRepository } from '../../test/temporary-repository.ts';
import { type Run, run } from '../run.ts';
import { rollback } from './rollback.ts';

const RECORD = 'charts/releases/production.json';
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const release = (tag: string, letter: string) => `${JSON.stringify({ tag, digest: digest(letter) }, null, 2)}\n`;
const rendered = (tag: string) => ({ 'dist/production.k8s.yaml': `tag: ${tag}\n` });

let repository: TemporaryRepository;
const textOf = (path: string) => readFileSync(join(repository.root, path), 'utf8');
const git = async (...args: string[]) => (await run('git', args, { cwd: repository.root })).stdout.trim();

/** git is the real one; synthesis writes the tag of the record, or refuses it. */
const proofs =
  (fails: boolean): Run =>
  async (program, args, options) => {
    if (program !== 'npm') return run(program, args, options);
    if (args.includes('synth')) repository.write(rendered(JSON.parse(textOf(RECORD)).tag));
    return { code: fails ? 1 : 0, stdout: fails ? 'quota exceeded' : '', stderr: '' };
  };

const goingBack = (request: { to?: string; dryRun?: boolean; fails?: boolean } = {}) =>
  rollback(
    { environment: 'production', to: request.to, dryRun: request.dryRun ?? false },
    { git: repository.git, run: proofs(request.fails ?? false) },
  );

const standing = new TemporaryRepository();
standing.commit({ [RECORD]: release('1.0.0', 'a'), ...rendered('1.0.0') });
standing.commit({ [RECORD]: release('1.1.0', 'b'), ...rendered('1.1.0') });
standing.commit({ [RECORD]: release('1.2.0', 'c'), ...rendered('1.2.0'), 'docs/page.md': 'merged with it\n' });
standing.commit({ 'docs/later.md': 'merged after it\n' });
afterAll(() => standing.remove());

beforeEach(() => {
  repository = new TemporaryRepository(standing);
});
afterEach(() => repository.remove());

describe('a rollback', () => {
  it('commits the release before, its digest and its manifests, on a branch of its own', async () => {
    const shown = await goingBack();
    expect(shown).toContain('production: 1.2.0 -> 1.1.0');
    expect(shown).toContain('git push --set-upstream origin rollback/production-1.1.0-from-1.2.0');
    expect(await git('show', `HEAD:${RECORD}`)).toBe(release('1.1.0', 'b').trim());
    expect(await git('show', 'HEAD:dist/production.k8s.yaml')).toBe('tag: 1.1.0');
    expect(await git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('rollback/production-1.1.0-from-1.2.0');
    expect(await repository.git.changes()).toEqual([]);
  });

  it('leaves main, and whatever else was merged since, as it is', async () => {
    await goingBack();
    expect(await git('show', `main:${RECORD}`)).toBe(release('1.2.0', 'c').trim());
    expect(textOf('docs/page.md') + textOf('docs/later.md')).toBe('merged with it\nmerged after it\n');
  });

  it('goes further back to a release that ran there', async () => {
    await goingBack({ to: '1.0.0' });
    expect(await git('show', `HEAD:${RECORD}`)).toBe(release('1.0.0', 'a').trim());
  });

  it('says where it would go, and writes nothing', async () => {
    expect(await goingBack({ dryRun: true })).toContain('1.2.0 -> 1.1.0');
    expect(await git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('main');
    expect(await repository.git.changes()).toEqual([]);
  });

  it('can be rolled back itself', async () => {
    await goingBack();
    expect(await goingBack()).toContain('production: 1.1.0 -> 1.2.0');
  });
});

describe('a refused rollback', () => {
  it('names what ran, for a release that did not', async () => {
    await expect(goingBack({ to: '0.9.0' })).rejects.toThrow('production never ran 0.9.0; it ran 1.1.0, 1.0.0');
  });

  it('says that there is nothing before the first release', async () => {
    repository.remove();
    repository = new TemporaryRepository();
    repository.commit({ [RECORD]: release('1.0.0', 'a') });
    await expect(goingBack()).rejects.toThrow('nothing but 1.0.0');
  });

  it('mixes with no unfinished work', async () => {
    repository.write({ 'notes.txt': 'unfinished' });
    await expect(goingBack()).rejects.toThrow('?? notes.txt');
    expect(await git('branch', '--list', 'rollback/*')).toBe('');
  });

  it('puts everything back when the platform no longer holds with that release', async () => {
    await expect(goingBack({ fails: true })).rejects.toThrow('quota exceeded');
    expect(await git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('main');
    expect(await git('branch', '--list', 'rollback/*')).toBe('');
    expect(await repository.git.changes()).toEqual([]);
  });
});
