import { describe, expect, it } from 'vitest';
import { PLATFORM } from '../../test/platform.ts';
import { production } from '../environments/production.ts';
import { staging } from '../environments/staging.ts';
import type { Environment } from './environment.ts';
import { previewOf } from './preview.ts';
import { platformProblems } from './problems.ts';

describe('a mistake in the list of environments is named', () => {
  const listed = (...environments: readonly Environment[]) => platformProblems({ ...PLATFORM, environments });

  it('when an entry is not there yet', () => {
    expect(listed(staging, undefined as never)).toEqual([
      'environments: number 2 is undefined; correct its import, which may go round in a circle',
    ]);
  });

  it('when a release would come from an environment that there is not', () => {
    const after = { environment: 'stagging', hours: 24 };
    const promotion = { signer: { kind: 'key', path: 'key.pub' }, after } as const;
    expect(listed(staging, { ...production, promotion })).toEqual([
      "production: promotion.after.environment 'stagging' is not another environment (staging); did you mean 'staging'?",
    ]);
  });

  it('when one has the namespace of the monitoring of another', () => {
    const namespace = `${production.namespace}-monitoring`;
    expect(listed(staging, production, { ...previewOf(staging, 'pr-42'), namespace })).toEqual([
      `environments production and pr-42 share namespace '${namespace}'; give each its own`,
    ]);
  });
});
