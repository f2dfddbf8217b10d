import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { staging } from '../../charts/environments/staging.ts';
import { TemporaryRepository } from '../../test/temporary-repository.ts';
import { NOT_FOUND, type Run, run } from '../run.ts';
import { promote } from './promote.ts';
import { OPTIONS, requestOf } from './request.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const IMAGE = 'ghcr.io/quotes-platform/quotes';

let repository: TemporaryRepository;
let prometheus: Server;
let prometheusUrl: string;
/** What the registry has, by tag; what Prometheus answers; what cosign says; how long ago everything was committed. */
let world: { tags: Record<string, string>; seen: number; badRatio: number; cosign: number; hoursLater: number };
const release = (tag: string, digest: string | null) => `${JSON.stringify({ tag, digest }, null, 2)}\n`;
const manifest = (tag: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: release }\ndata: { tag: ${tag} }\n`;

const standing = new TemporaryRepository();
standing.commit({
  'charts/releases/dev.json': release('1.0.0', null),
  'charts/releases/staging.json': release('1.2.0', DIGEST),
  'charts/releases/production.json': release('1.1.0', OTHER),
  'dist/staging.k8s.yaml': `image: ${IMAGE}:1.2.0@${DIGEST}\n`,
  'dist/production.k8s.yaml': manifest('1.1.0'),
});
afterAll(() => standing.remove());

beforeEach(async () => {
  const tags = { '1.0.0': DIGEST, '1.0.1': DIGEST, '1.1.0': OTHER, '1.2.0': DIGEST, '1.2.0-rc.1': OTHER };
  world = { tags, seen: 288, badRatio: 0.0001, cosign: 0, hoursLater: 25 };
  prometheus = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => response.end(JSON.stringify(answerTo(new URLSearchParams(body).get('query') ?? ''))));
  });
  await new Promise<void>((listening) => prometheus.listen(0, '127.0.0.1', listening));
  prometheusUrl = `http://127.0.0.1:${(prometheus.address() as AddressInfo).port}`;
  repository = new TemporaryRepository(standing);
});
afterEach(() => {
  repository.remove();
  prometheus.close();
});

function answerTo(query: string) {
  const labels = { service: 'quotes', slo: 'availability' };
  const value = query.startsWith('count_over_time')
    ? world.seen
    : query.includes('slo:objective')
      ? 0.999
      : query.startsWith('sum(increase')
        ? 86_400
        : world.badRatio;
  const result = Number.isNaN(value) ? [] : [{ metric: labels, value: [0, String(value)] }];
  return { status: 'success', data: { resultType: 'vector', result } };
}

/** git is the real one; synthesis writes what the record says, and one proof can be made to fail. */
function proofs(failing?: 'synth' | 'validate'): Run {
  return async (program, args, options) => {
    if (program === 'cosign') return { code: world.cosign, stdout: '', stderr: 'Error: no matching signatures' };
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

function promoting(args: string | readonly string[], failing?: 'synth' | 'validate'): Promise<string> {
  const words = typeof args === 'string' ? args.split(' ') : [...args];
  return promote(requestOf(parseArgs({ args: words, allowPositionals: true, options: OPTIONS })), {
    git: repository.git,
    run: proofs(failing),
    registries: { digestOf },
    now: () => new Date(Date.now() + world.hoursLater * 3_600_000),
    prometheus: prometheusUrl,
  });
}

async function digestOf(image: string): Promise<string | undefined> {
  const [named = '', digest] = image.split('@');
  if (digest !== undefined) return Object.values(world.tags).find((held) => held === digest);
  return world.tags[named.slice(named.lastIndexOf(':') + 1)];
}

describe('a promotion', () => {
  it('copies what staging runs, synthesizes and shows the change', async () => {
    const shown = await promoting('production --from staging');
    expect(textOf('charts/releases/production.json')).toBe(release('1.2.0', DIGEST));
    expect(shown).toContain('production: 1.1.0 -> 1.2.0');
    expect(shown).toContain('data.tag: 1.1.0 -> 1.2.0');
    expect(shown).toContain('git commit');
  });

  it.each([
    ['takes a tag with its digest', '1.0.1'],
    ['adds the digest of a tag that ran without one', '1.0.0'],
  ])('%s', async (_name, tag) => {
    await promoting(`dev --tag ${tag} --digest ${DIGEST}`);
    expect(textOf('charts/releases/dev.json')).toBe(release(tag, DIGEST));
  });

  it('goes back only when it is told to', async () => {
    await expect(promoting(`staging --tag 1.1.0 --digest ${OTHER}`)).rejects.toThrow('1.1.0 is older than 1.2.0');
    await promoting(`staging --tag 1.1.0 --digest ${OTHER} --backwards`);
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
});

describe('what is proven before production runs a release', () => {
  it('is reported, and written for the commit', async () => {
    const report = join(repository.root, '.git/report');
    const shown = await promoting(`production --from staging --report ${report}`);
    for (const proof of [
      `the registry has ${IMAGE}:1.2.0 as ${DIGEST}`,
      'its signature is by https://github.com/quotes-platform/quotes/.github/workflows/release.yml@refs/tags/v1.2.0',
      'its provenance is by',
      'staging has run it since',
      `${staging.namespace} kept 1 promises through the last 24 h, over 86400 requests`,
    ]) {
      expect(shown).toContain(proof);
      expect(readFileSync(report, 'utf8')).toContain(proof);
    }
    expect(readFileSync(report, 'utf8')).toMatch(/^release: production runs 1\.2\.0\n\nIt ran 1\.1\.0 before\./);
  });

  const missing: readonly (readonly [string, Partial<typeof world>, string])[] = [
    ['a digest that no registry has', { tags: { '1.2.0': OTHER } }, `the registry has no ${IMAGE}@${DIGEST}`],
    ['a tag that leads elsewhere', { tags: { '1.2.0': OTHER, '9.0.0': DIGEST } }, `:1.2.0 is ${OTHER}, and not`],
    ['an image that nobody signed', { cosign: 1 }, 'no signature of'],
    ['an image without provenance', { cosign: 1 }, 'no provenance of'],
    ['a machine without cosign', { cosign: NOT_FOUND }, 'install cosign'],
    ['a release that staging has run for an hour', { hoursLater: 1 }, 'of the 24 h that are asked: wait'],
    ['a broken promise', { badRatio: 0.002 }, 'quotes/availability was 99.8 %, promised 99.9 %'],
    [
      'a version that Prometheus hardly saw',
      { seen: 200 },
      `Prometheus saw 1.2.0 in ${staging.namespace} for 69.444 %`,
    ],
    ['a period without a request', { badRatio: Number.NaN }, 'nothing is proven by silence'],
  ];

  it.each(missing)('misses in %s, and nothing is changed', async (_name, change, message) => {
    Object.assign(world, change);
    await expect(promoting('production --from staging')).rejects.toThrow(message);
    expect(await repository.git.changes()).toEqual([]);
  });

  it('misses where staging runs another image than its record says', async () => {
    repository.commit({ 'dist/staging.k8s.yaml': `image: ${IMAGE}:1.1.9@${OTHER}\n` });
    await expect(promoting('production --from staging')).rejects.toThrow(
      `staging runs ${IMAGE}:1.1.9@${OTHER}, and not`,
    );
  });

  it('names a Prometheus that does not answer', async () => {
    prometheus.close();
    await expect(promoting('production --from staging')).rejects.toThrow(/Prometheus at http:\S+ cannot be reached/);
  });

  it('passes over staging in an emergency, never over the signature, and logs the reason', async () => {
    const report = join(repository.root, '.git/report');
    const reason = 'login is broken for everyone, decided by the incident lead';
    const emergency = ['production', '--tag', '1.2.0', '--digest', DIGEST, '--emergency', reason, '--report', report];
    world.hoursLater = 0;
    world.cosign = 1;
    await expect(promoting(emergency)).rejects.toThrow('no signature of');
    world.cosign = 0;
    await promoting(emergency);
    expect(readFileSync(report, 'utf8')).toContain(`EMERGENCY, staging passed over: ${reason}`);
  });

  it('goes back to what production ran, and to nothing else', async () => {
    world.tags['0.9.0'] = OTHER;
    const back = `production --tag 0.9.0 --digest ${OTHER} --backwards`;
    await expect(promoting(back)).rejects.toThrow('production never ran');
    repository.commit({ 'dist/production.k8s.yaml': `image: ${IMAGE}:0.9.0@${OTHER}\n` });
    repository.commit({ 'dist/production.k8s.yaml': manifest('1.1.0') });
    expect(await promoting(back)).toContain('production was committed with it on');
  });

  it('comes from no other registry than the image', async () => {
    await expect(promoting('production --from staging --registry localhost:5001')).rejects.toThrow('--registry');
    expect(await promoting(`dev --tag 1.0.1 --digest ${DIGEST} --registry localhost:5001`)).toContain(
      'the registry has localhost:5001/quotes-platform/quotes:1.0.1',
    );
  });
});
