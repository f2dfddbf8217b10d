import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { catalog } from '../../charts/catalog.ts';
import { environments } from '../../charts/environments/all.ts';
import { IMAGES } from '../../charts/images.ts';
import { imagesIn, newestTag, readPins } from './pins.ts';

const ROOT = join(import.meta.dirname, '../..');
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const pins = await readPins(ROOT);

describe('the pinned images', () => {
  it('stay on the line that they name', () => {
    for (const pin of Object.values(pins)) expect(newestTag(pin, [pin.tag]), pin.name).toBe(pin.tag);
  });

  it('are all that dist/ runs beside our own and what the catalog names', () => {
    const files = environments.map(({ name }) => textOf(`dist/${name}.k8s.yaml`));
    const foreign = imagesIn(files.join('\n')).filter((image) => !image.startsWith('ghcr.io/quotes-platform/'));
    expect(foreign.length).toBeGreaterThan(5);
    const known = [...Object.values(IMAGES), ...catalog.map(({ image }) => image)];
    expect(foreign.filter((image) => !known.includes(image))).toEqual([]);
  });

  it('include what the Dockerfile builds upon', () => {
    const { name, tag, digest } = pins['node'] ?? { name: '', tag: '', digest: null };
    expect(textOf('app/Dockerfile')).toContain(`ARG NODE_IMAGE=${name}:${tag}\n`);
    expect(textOf('app/Dockerfile')).toContain(`ARG NODE_DIGEST=${digest === null ? '' : `@${digest}`}\n`);
  });

  it('are read by Renovate, tag and digest', () => {
    const { customManagers } = z
      .object({ customManagers: z.array(z.object({ matchStrings: z.array(z.string()) })) })
      .parse(JSON.parse(textOf('renovate.json')));
    const [json = '', dockerfile = ''] = customManagers.map(({ matchStrings }) => matchStrings[0] ?? '');
    const found = [...textOf('charts/images.json').matchAll(new RegExp(json, 'g'))].map(({ groups }) => groups);
    expect(found).toMatchObject(
      Object.values(pins).map(({ name, tag, digest }) => ({
        depName: name,
        currentValue: tag,
        currentDigest: digest ?? undefined,
      })),
    );
    expect(new RegExp(dockerfile).exec(textOf('app/Dockerfile'))?.groups).toMatchObject({
      currentValue: pins['node']?.tag,
    });
  });
});

describe('the newest tag of a line', () => {
  const pin = { ...Object.values(pins)[0], line: '~1.2.0' } as NonNullable<(typeof pins)[string]>;
  it.each([
    ['1.2.3', ['1.2.4', '1.2.10', '1.3.0', '1.2.11-rc.1', 'latest'], '1.2.10'],
    ['v1.2.3', ['v1.2.4', '1.2.9'], 'v1.2.4'],
    ['1.2.3-alpine', ['1.2.4', '1.2.5-alpine', '1.2.6-alpine3.20'], '1.2.5-alpine'],
    ['1.2.3', ['2.0.0'], '1.2.3'],
  ])('after %s among %j is %s', (tag, tags, newest) => {
    expect(newestTag({ ...pin, tag }, tags)).toBe(newest);
  });
});

describe('accepted vulnerabilities', () => {
  it('each have a reason and a day that is not over', () => {
    const accepted = z
      .object({
        vulnerabilities: z.array(z.object({ id: z.string(), statement: z.string().min(20), expired_at: z.date() })),
      })
      .parse(load(textOf('.trivyignore.yaml')));
    expect(accepted.vulnerabilities.filter(({ expired_at }) => expired_at.getTime() < Date.now())).toEqual([]);
  });
});
