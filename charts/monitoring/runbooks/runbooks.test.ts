import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { PLATFORM } from '../../../test/platform.ts';
import { plansOf } from '../../plan/plan.ts';
import { HAND_WRITTEN, runbookFiles } from './runbooks.ts';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, 'docs/runbooks');
const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : null);
const files = runbookFiles(plansOf(PLATFORM), read);
const pages = [...files.keys()].filter((file) => file !== 'README.md');

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** `deployment/users` of every object that production's file holds, by the short names that people type. */
function objectsOf(environment: string): Set<string> {
  const objects = loadAll(readFileSync(join(root, `dist/${environment}.k8s.yaml`), 'utf8')) as Named[];
  return new Set(
    objects.map(({ kind, metadata }) => `${metadata.namespace ?? ''} ${kind.toLowerCase()}/${metadata.name}`),
  );
}

/** Kinds as kubectl takes them, by their singular. */
const SHORT: Readonly<Record<string, string>> = {
  hpa: 'horizontalpodautoscaler',
  pdb: 'poddisruptionbudget',
  deployment: 'deployment',
  service: 'service',
  cronjob: 'cronjob',
  networkpolicy: 'networkpolicy',
  resourcequota: 'resourcequota',
};

/** Objects that a command names: `hpa users`, `deployment/users`. */
function namedIn(command: string): string[] {
  const namespace = new RegExp(`-n (${PLATFORM.project.name}-[\\w-]+)`).exec(command)?.[1];
  if (namespace === undefined) return [];
  const named = new RegExp(`\\b(${Object.keys(SHORT).join('|')})[/ ]([a-z][a-z-]*[a-z])\\b`, 'g');
  return [...command.matchAll(named)].flatMap(([, kind = '', name = '']) =>
    SHORT[kind] === undefined ? [] : [`${namespace} ${SHORT[kind]}/${name}`],
  );
}

describe('docs/runbooks', () => {
  it('is what `npm run synth` writes', () => {
    for (const [file, text] of files) expect(read(file), file).toBe(text);
  });

  it('has no page about an alert that is gone', () => {
    expect(readdirSync(folder).sort()).toEqual([...files.keys()].sort());
  });

  it.each(pages)('%s is written by hand to its end', (file) => {
    const text = read(file) ?? '';
    for (const heading of HAND_WRITTEN) {
      const [, after = ''] = text.split(`${heading}\n`);
      expect(after.split('\n## ')[0]?.trim(), `${file}: ${heading}`).not.toBe('');
    }
  });

  it('names objects that production really has', () => {
    const objects = objectsOf('production');
    const commands = pages.flatMap((file) =>
      (read(file) ?? '').split('\n').filter((line) => line.startsWith('kubectl')),
    );
    const named = new Set(commands.flatMap(namedIn));
    expect(named.size).toBeGreaterThan(5);
    expect([...named].filter((object) => !objects.has(object))).toEqual([]);
  });
});
