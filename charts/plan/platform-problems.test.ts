import { describe, expect, it } from 'vitest';
import { SERVICE_NEEDS } from '../../app/contract.ts';
import { prepareJudge } from '../../output/judge.ts';
import { PLATFORM } from '../../test/platform.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import { staging } from '../environments/staging.ts';
import { koaService } from '../services/koa-service.ts';
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

  it.each<[string, unknown]>([
    ['platform: catalog is missing; give it a value', { catalog: undefined }],
    ['platform: environments is {}; give it a list', { environments: {} }],
    ['platform: parts.0 is not a part; correct its import', { parts: [undefined] }],
    ["platform: project.name 'My Shop' is not a DNS label", { project: { ...PLATFORM.project, name: 'My Shop' } }],
    [
      "platform: project.image 'Shop:latest' is not where an image is; give registry/path without a tag",
      { project: { ...PLATFORM.project, image: 'Shop:latest' } },
    ],
  ])('when what stands at the top is wrong: %s', (problem, change) => {
    const platform = { ...PLATFORM, ...Object(change) };
    expect(platformProblems(platform)).toEqual([expect.stringContaining(problem)]);
    // What is started before the check must not fall over it.
    expect(() => prepareJudge(platform)).not.toThrow();
  });

  it('when a release would come from an environment that there is not', () => {
    const after = { environment: 'stagging', hours: 24 };
    const promotion = { signer: { kind: 'key', path: 'key.pub' }, after } as const;
    expect(listed(staging, { ...production, promotion })).toEqual([
      "production: promotion.after.environment 'stagging' is not another environment (staging); name one, or write null; did you mean 'staging'?",
    ]);
  });

  it('when one has the namespace of the monitoring of another', () => {
    const namespace = `${production.namespace}-monitoring`;
    expect(listed(staging, production, { ...previewOf(staging, 'pr-42'), namespace })).toEqual([
      `environments production and pr-42 share namespace '${namespace}'; give each its own`,
    ]);
  });
});

it('a route that would hide a page of the service that answers everything else', () => {
  const shop = { ...PLATFORM.catalog[0], name: 'shop', routes: ['/browse'], paths: ['/browse/all'], connections: [] };
  const catalog = [...PLATFORM.catalog, shop as (typeof PLATFORM.catalog)[number]];
  expect(platformProblems({ ...PLATFORM, catalog, environments: [dev] })).toContain(
    "catalog/shop: the route '/browse' hides a page of front below it; choose another",
  );
});

it('a field that is wrong in a service is reported alone, and not what would follow if the service were not there', () => {
  const sizing = { search: { maxReplicas: 9 } };
  const catalog = PLATFORM.catalog.map((service) =>
    service.name === 'search' ? { ...service, startupSecond: 60 } : service,
  );
  expect(platformProblems({ ...PLATFORM, catalog, environments: [{ ...staging, sizing }] })).toEqual([
    "catalog/search: startupSecond is not a field that is known here; did you mean 'startupSeconds'?",
  ]);
});

it('a service of ours that calls a name which is not in the contract is told the name that was meant', () => {
  const calls = SERVICE_NEEDS.front.calls as string[];
  calls.push('serch');
  try {
    const front = koaService({
      name: 'front',
      description: 'Pages',
      measured: { cpuMillisPer1000: 700, idleMemoryMiB: 71 },
    });
    const catalog = [front, ...PLATFORM.catalog.filter(({ name }) => name !== 'front')];
    expect(platformProblems({ ...PLATFORM, catalog, environments: [dev] })).toEqual([
      expect.stringMatching(/^dev: front: connects to 'serch', .*; did you mean 'search'\?$/),
    ]);
  } finally {
    calls.pop();
  }
});
