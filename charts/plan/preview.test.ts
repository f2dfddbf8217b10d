import { expect, it } from 'vitest';
import { PLATFORM } from '../../test/platform.ts';
import { staging } from '../environments/staging.ts';
import { synthesize } from '../synthesize.ts';
import { previewOf } from './preview.ts';
import { platformProblems } from './problems.ts';

const preview = previewOf(staging, 'pr-42');

it('a preview is one call, and holds together beside the environment that it is made of', () => {
  const platform = { ...PLATFORM, environments: [...PLATFORM.environments, preview] };
  expect(platformProblems(platform)).toEqual([]);
  expect(synthesize(platform).map(({ path }) => path)).toContain('pr-42.k8s.yaml');
});

it('a preview shares nothing of which a cluster has one', () => {
  expect(preview.namespace).not.toBe(staging.namespace);
  expect(preview.edge.host).toBe(`pr-42.${staging.edge.host}`);
});
