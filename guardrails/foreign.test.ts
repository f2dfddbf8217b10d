import { describe, expect, it } from 'vitest';
import { checkPlatform } from './engine.ts';
import { cases } from './fixtures/cases.ts';
import { readText } from './input/parse.ts';

/** Correct manifests as other people write them: a rule that complains about one of these is wrong. */
describe('correct manifests in the styles of others', () => {
  it.each(cases('foreign.yaml'))('have nothing to be found: $name', ({ name, text }) => {
    const findings = checkPlatform([readText(name, text)]);
    const alarms = findings.filter(({ severity }) => severity !== 'note');
    expect(alarms.map(({ rule, path, message }) => `${rule}: ${path}: ${message}`)).toEqual([]);
  });

  it('are a few dozen', () => {
    expect(cases('foreign.yaml').length).toBeGreaterThanOrEqual(36);
  });
});
