import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkPlatform } from './engine.ts';
import { readText } from './input/parse.ts';

/** Correct manifests as other people write them: a rule that complains about one of these is wrong. */
const FOREIGN = new URL('fixtures/foreign/', import.meta.url);
const names = readdirSync(FOREIGN);

describe('correct manifests in the styles of others', () => {
  it('are a few dozen', () => {
    expect(names.length).toBeGreaterThanOrEqual(36);
  });

  it.each(names)('finds nothing in %s', (name) => {
    const findings = checkPlatform([readText(name, readFileSync(new URL(name, FOREIGN), 'utf8'))]);
    const alarms = findings.filter(({ severity }) => severity !== 'note');
    expect(alarms.map(({ rule, path, message }) => `${rule}: ${path}: ${message}`)).toEqual([]);
  });
});
