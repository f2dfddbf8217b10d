import { describe, expect, it } from 'vitest';
import { PLATFORM } from '../../test/platform.ts';
import { production } from '../environments/production.ts';
import { staging } from '../environments/staging.ts';
import type { Environment } from './environment.ts';
import { previewOf } from './preview.ts';
import { environmentProblems } from './problems.ts';

/** What plain JavaScript or a cast lets through. */
const cast = (value: unknown) => value as never;

const ofProduction = (change: Readonly<Record<string, unknown>>) =>
  environmentProblems(PLATFORM, { ...production, ...change }).map((problem) => problem.replace(/^production: /, ''));

const window = (change: Readonly<Record<string, unknown>>) => ({
  sync: { ...production.sync, windows: [{ ...production.sync.windows[0], ...change }] },
});

describe('a mistake in an environment is named with its place, what was given, and what to do', () => {
  const edge = (host: string) => ({ edge: { ...production.edge, host } });
  const notHost = (host: string) =>
    `edge.host '${host}' is not a DNS name; use DNS labels joined by '.', for example shop.example.com`;

  it.each(['https://shop.example.com', 'shop.example.com:8080', 'Shop.example.com', '*.example.com', '10.0.0.1', ''])(
    'the host %j',
    (host) => {
      expect(ofProduction(edge(host))).toEqual([notHost(host)]);
    },
  );

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'a schedule that never comes',
      window({ schedule: '0 0 30 2 *' }),
      "sync.windows.0.schedule '0 0 30 2 *' never comes; give five fields, as in '17 2 * * *'",
    ],
    [
      'a sign that Kubernetes does not know',
      window({ schedule: '0 0 L * *' }),
      "sync.windows.0.schedule '0 0 L * *' is not a cron expression; give five fields, as in '17 2 * * *'",
    ],
    [
      'a Sunday that Kubernetes counts as 0',
      window({ schedule: '0 7 * * 1,7' }),
      "sync.windows.0.schedule '0 7 * * 1,7' is not a cron expression; give five fields, as in '17 2 * * *'",
    ],
    [
      'a time zone in small letters',
      window({ timeZone: 'europe/paris' }),
      "sync.windows.0.timeZone 'europe/paris' is not a time zone; did you mean 'Europe/Paris'?",
    ],
    [
      'a duration in words',
      window({ duration: '2 days' }),
      "sync.windows.0.duration '2 days' is not a duration; give one like 15m, 8h or 1h30m",
    ],
    [
      'where logs are taken',
      { telemetry: { logs: { url: 'http://logs', page: 'http://logs', at: 'logs' } } },
      "telemetry.logs.at is 'logs'; give it a list",
    ],
    [
      'the name of a file beside it',
      { name: 'argocd' },
      "argocd: the name 'argocd' belongs to another file of dist/addons/; choose another",
    ],
    [
      "the cluster's own namespace",
      { namespace: 'kube-system' },
      "namespace 'kube-system' is the cluster's own, and what is said here would hold for everything in it; choose another",
    ],
    [
      'the namespace of somebody else',
      { namespace: 'argocd' },
      "namespace 'argocd' is where pods of somebody else run, which its policies would cut off; choose another",
    ],
    [
      'a wish that the scheduler does not know',
      { placement: { ...production.placement, affinity: { nodeAffinty: {} } } },
      'placement.affinity is not an affinity; give nodeAffinity, podAffinity, podAntiAffinity, or null',
    ],
    ...[5, [], undefined].map((affinity): [string, Readonly<Record<string, unknown>>, string] => [
      `wishes that are ${JSON.stringify(affinity)}`,
      { placement: { ...production.placement, affinity } },
      'placement.affinity is not an affinity; give nodeAffinity, podAffinity, podAntiAffinity, or null',
    ]),
    ['a version of Kubernetes as a number', { kubernetesVersion: 1.34 }, 'kubernetesVersion is 1.34; give it a text'],
    [
      'traces that the policies would stop',
      { telemetry: { traces: { url: 'http://c.example.com:4318', at: [{ cidr: '10.0.0.0/24', ports: [4317] }] } } },
      'telemetry.traces.url has port 4318, which telemetry.traces.at does not let through; add it to the ports',
    ],
    [
      'an address without a host',
      { sync: { ...production.sync, server: 'https://' } },
      "sync.server 'https://' is not an https:// address; what travels there must be encrypted",
    ],
    [
      'a revision with a space',
      { sync: { ...production.sync, revision: 'main branch' } },
      "sync.revision 'main branch' is empty or has spaces; give it the name alone",
    ],
    [
      'more seconds than the API server can count',
      { rollout: { ...production.rollout, progressDeadlineSeconds: 1e15 } },
      'rollout.progressDeadlineSeconds is 1000000000000000; give it a whole number from 1 to 2147483647',
    ],
    [
      'what no label can have for a value',
      { edge: { ...production.edge, controller: { namespace: 'traefik', podLabels: { app: 'a proxy' } } } },
      "edge.controller.podLabels.app 'a proxy' is not the value of a label",
    ],
    [
      'fewer than no pod',
      { sizing: { users: { minReplicas: -1 } } },
      'sizing.users.minReplicas is -1; give it a whole number of at least 1',
    ],
  ])('%s', (_, change, problem) => {
    expect(ofProduction(change)).toEqual([problem]);
  });

  it.each(['v1+build', '_1', '1.0-', 'latest'])('the tag %s', (tag) => {
    const problem = `release.tag '${tag}' names no one image; give the exact tag that was pushed, which begins and ends with a letter or digit as a label does`;
    expect(ofProduction({ release: { tag, digest: null } })).toEqual([problem]);
  });

  it('days on which a schedule may come, by name', () => {
    for (const schedule of ['0 0 * * WED', '0 0 1 JUL *', '0 7 1 * *', '0 7,8 * * */7'])
      expect(ofProduction(window({ schedule }))).toEqual([]);
  });

  it('a namespace whose monitoring would have too long a name', () => {
    const namespace = 'n'.repeat(53);
    expect(ofProduction({ namespace })[0]).toContain(`its monitoring is in '${namespace}-monitoring'`);
    expect(ofProduction({ namespace: 'n'.repeat(52) })).toEqual([]);
    // Where nobody watches, labels of the administrator's files still name it.
    expect(ofProduction({ namespace, monitoring: { kind: 'off' } })[0]).toContain('is too long');
  });

  it('replicas for what is one pod everywhere', () => {
    const catalog = PLATFORM.catalog.map((spec) =>
      spec.name === 'users' ? { ...spec, singleton: '2m: what it holds is made again' } : spec,
    );
    const sized: Environment = { ...production, sizing: { users: { minReplicas: 3 } } };
    expect(environmentProblems({ ...PLATFORM, catalog }, sized)).toEqual([
      "production/users: there is one pod of it everywhere, so that replicas in 'sizing' change nothing; take them out",
    ]);
  });

  it('a preview of a change whose name is none', () => {
    const preview = previewOf(staging, 'PR_42');
    expect(environmentProblems(PLATFORM, preview)).toEqual([
      expect.stringContaining("PR_42: name 'PR_42' is not a DNS label"),
      expect.stringContaining('is not a DNS label'),
      expect.stringContaining("edge.host 'PR_42."),
    ]);
    expect(environmentProblems(PLATFORM, previewOf(staging, 'x'.repeat(60)))[0]).toContain('use 1 to 63');
  });

  it('everything at once', () => {
    expect(
      ofProduction({ promisedRate: 0, seed: cast('yes'), logLevel: cast('loud'), minAvailable: cast('50%') }),
    ).toEqual([
      "logLevel is 'loud'; choose one of debug, info, warn, error",
      "seed is 'yes'; write true or false",
      'promisedRate is 0; give it a number above 0',
      "minAvailable is '50%'; give it a number, without quotes or a unit",
    ]);
  });
});
