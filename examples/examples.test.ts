import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { synthesize } from '../charts/synthesize.ts';
import { readFolder } from '../output/files.ts';
import { judge } from '../output/judge.ts';
import { fileText } from '../output/manifest-yaml.ts';
import { boutique } from './boutique/main.ts';
import { withThirdParty } from './third-party/main.ts';

describe.each([
  ['boutique', boutique],
  ['third-party', withThirdParty],
])('examples/%s', (name, platform) => {
  const files = synthesize(platform);
  const dist = readFolder(join(import.meta.dirname, name, 'dist'));

  it('is committed as the kit makes it (if not: npm run examples, and read the diff)', () => {
    expect(new Map(files.map((file) => [file.path, fileText(file)]))).toEqual(dist);
  });

  it('holds every guardrail', () => {
    expect(judge(files, new Map(), { before: new Map() })).toMatch(/^guardrails: /);
  });
});
