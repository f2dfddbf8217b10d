import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TemporaryRepository } from '../../test/temporary-repository.ts';
import { type Run, run } from '../run.ts';
import { promote } from './promote.ts';
import { parseRequest } from './request.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;

let repository: TemporaryRepository;
const release = (tag: string, digest: string | null) => `${JSON.stringify({ tag, digest }, null, 2)}\n`;
const manifest = (tag: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: release }\ndata: { tag: ${tag} }\n`;

beforeEach(() => {
  repository = new TemporaryRepository();
  repository.commit({
    'charts/releases/dev.json': release('1.0.0', null),
    'charts/releases/staging.json': release('1.2.0', DIGEST),
    'charts/releases/production.json': release('1.1.0', OTHER),
    'dist/production.k8s.yaml': manifest('1.1.0'),
  });
});
afterEach(() => repository.remove());

/** git is the real one; synthesis writes what the record says, and one proof can be made to fail. */
function proofs(failing?: 'synth' | 'validate'): Run {
  return async (program, args, options) => {
    if (program !== 'npm') return run(program, args, options);
    const name = args.includes('synth') ? 'synth' : 'validate';
    if (name === 'synth') {
      const { tag } = JSON.parse(textOf('charts/releases/production.json'));
      repository.write({ 'dist/production.k8s.yaml': manifest(tag), 'dist/addons/new.yaml': manifest('new') });
    }
    return name === failing ? { code: 1, stdout: 'quota exceeded', stderr: '' } : { code: 0, stdout: '', stderr: '' };
  };
}

function textOf(path: string): string {
  return readFileSync(join(repository.root, path), 'utf8');
}

function promoting(args: string, failing?: 'synth' | 'validate'): Promise<string> {
  return promote(parseRequest(args.split(' ')), { git: repository.git, run: proofs(failing) });
}

describe('a promotion', () => {
  it('copies what staging runs, synthesizes and shows the change', async () => {
    const told = await promoting('production --from staging');
    expect(textOf('charts/releases/production.json')).toBe(release('1.2.0', DIGEST));
    expect(told).toContain('production: 1.1.0 -> 1.2.0');
    expect(told).toContain('data.tag: 1.1.0 -> 1.2.0');
    expect(told).toContain('git commit');
  });

  it('takes a tag with its digest', async () => {
    await promoting(`dev --tag 1.0.1 --digest ${DIGEST}`);
    expect(textOf('charts/releases/dev.json')).toBe(release('1.0.1', DIGEST));
  });

  it('adds the digest of a tag that ran without one', async () => {
    await promoting(`dev --tag 1.0.0 --digest ${DIGEST}`);
    expect(textOf('charts/releases/dev.json')).toBe(release('1.0.0', DIGEST));
  });

  it('goes back only when it is told to', async () => {
    await expect(promoting(`staging --tag 1.1.0 --digest ${OTHER}`)).rejects.toThrow('1.1.0 is older than 1.2.0');
    await promoting(`staging --tag 1.1.0 --digest ${OTHER} --allow-downgrade`);
    expect(textOf('charts/releases/staging.json')).toBe(release('1.1.0', OTHER));
  });

  it('knows that a release candidate is older than its release', async () => {
    await expect(promoting(`staging --tag 1.2.0-rc.1 --digest ${OTHER}`)).rejects.toThrow(
      '1.2.0-rc.1 is older than 1.2.0',
    );
  });

  it('does nothing when it is done', async () => {
    expect(await promoting(`staging --tag 1.2.0 --digest ${DIGEST}`)).toContain('nothing to do');
    expect(await repository.git.changes()).toEqual([]);
  });
});

describe('a refused promotion', () => {
  const refused = [
    ['a tag without a digest', 'staging --tag 1.3.0', 'without a digest'],
    ['an environment that has no digest yet', 'staging --from dev', 'promote dev to a digest first'],
    ['a tag that floats', `staging --tag latest --digest ${DIGEST}`, 'no exact version'],
    ['a tag with a v, which no image carries', `staging --tag v1.3.0 --digest ${DIGEST}`, 'no exact version'],
    ['a digest that is none', 'staging --tag 1.3.0 --digest sha256:abc', '64 hexadecimal digits'],
    ['a tag that is another digest elsewhere', `production --tag 1.2.0 --digest ${OTHER}`, 'runs in staging as'],
    ['a tag that moved', `staging --tag 1.2.0 --digest ${OTHER}`, 'a tag must not move'],
  ] as const;

  it.each(refused)('names %s, and changes nothing', async (_name, args, message) => {
    await expect(promoting(args)).rejects.toThrow(message);
    expect(await repository.git.changes()).toEqual([]);
  });

  it('names every reason at once', async () => {
    repository.write({ 'notes.txt': 'unfinished' });
    const error = await promoting('staging --tag 1.0.0').catch((reason: unknown) => String(reason));
    expect(error).toMatch(/without a digest[\s\S]*older than 1\.2\.0[\s\S]*\?\? notes\.txt/);
  });

  it.each(['synth', 'validate'] as const)('puts everything back when %s fails', async (step) => {
    await expect(promoting('production --from staging', step)).rejects.toThrow(/nothing was changed:\nquota exceeded/);
    expect(await repository.git.changes()).toEqual([]);
    expect(textOf('charts/releases/production.json')).toBe(release('1.1.0', OTHER));
  });

  it('names a record that is no release', async () => {
    repository.commit({ 'charts/releases/staging.json': '{"tag": 1}' });
    await expect(promoting('production --from staging')).rejects.toThrow('charts/releases/staging.json is no release');
  });
});

describe('the command line of a promotion', () => {
  it.each([
    ['', "'' is no environment"],
    ['prod --from staging', "'prod' is no environment: give one of dev, staging, production"],
    ['production', 'what shall run?'],
    ['production --from production', 'cannot be promoted from itself'],
    ['production --from staging --tag 1.0.0', '--from brings tag and digest'],
    ['dev staging --tag 1.0.0', 'one environment at a time'],
  ])('refuses "%s"', (args, message) => {
    expect(() => parseRequest(args.split(' ').filter((word) => word !== ''))).toThrow(message);
  });
});
