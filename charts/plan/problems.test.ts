import { describe, expect, it } from 'vitest';
import { PLATFORM, without } from '../../test/platform.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import type { AutoScaling, Environment, StandaloneMonitoring } from './environment.ts';
import { environmentProblems, platformProblems } from './problems.ts';

const monitoring = production.monitoring as StandaloneMonitoring;
const scaling = production.scaling as AutoScaling;

/** What plain JavaScript or a cast lets through. */
const cast = (value: unknown) => value as never;
const changed = (change: Partial<Environment>) => environmentProblems(PLATFORM, { ...production, ...change });

it('nothing is wrong with the committed platform', () => {
  expect(platformProblems(PLATFORM)).toEqual([]);
});

describe('a wrong environment is told', () => {
  const required = Object.keys(production).filter((field) => !['name', 'promotion', 'redis'].includes(field));
  it.each(required as (keyof Environment)[])('when the field %s is missing', (field) => {
    expect(environmentProblems(PLATFORM, without<Environment>(production, field))).toEqual([
      `production: ${field} is missing; give it a value`,
    ]);
  });

  it('when a kind or a word is unknown', () => {
    expect(changed({ monitoring: cast({ kind: 'of' }) })).toEqual([
      "production: monitoring.kind 'of' is unknown; choose one of off, standalone, operator; did you mean 'off'?",
    ]);
    expect(changed({ logLevel: cast('inof') })).toEqual([
      "production: logLevel is 'inof'; choose one of debug, info, warn, error; did you mean 'info'?",
    ]);
  });

  it.each<[string, Partial<Environment>, string]>([
    ['a host', { edge: { ...production.edge, host: 'https://x' } }, "edge.host 'https://x' is not a DNS name;"],
    ['a tag', { release: { tag: 'latest', digest: null } }, "release.tag 'latest' names no one image;"],
    ['a version', { kubernetesVersion: '1.2' }, "kubernetesVersion '1.2' is not a version that is supported;"],
    [
      'a percentage',
      { scaling: { ...scaling, cpuPercent: 170 } },
      'scaling.cpuPercent is 170; give it a whole number from 1 to 100',
    ],
    [
      'a surge',
      { rollout: { ...production.rollout, surgePercent: 0 } },
      'rollout.surgePercent is 0; give it a whole number from 1 to 100',
    ],
    [
      'a mail address',
      { monitoring: { ...monitoring, mail: { ...monitoring.mail, sender: 'alerts@' } } },
      "monitoring.mail.sender 'alerts@' is not a mail address; give one like oncall@example.com",
    ],
    [
      'nobody to wake up',
      { monitoring: { ...monitoring, mail: { ...monitoring.mail, page: [] } } },
      'monitoring.mail.page is empty: nobody would be woken up; give an address',
    ],
    [
      'the address of a collector',
      { telemetry: { traces: { url: 'store.logs:9428', at: [{ cidr: '192.0.2.7/32', ports: [9428] }] } } },
      "telemetry.traces.url 'store.logs:9428' is not an address; give one like https://grafana.example.com",
    ],
    [
      'an address with a password',
      { telemetry: { traces: { url: 'http://me:pw@store', at: [{ cidr: '192.0.2.7/32', ports: [80] }] } } },
      "telemetry.traces.url 'http://me:pw@store' is not an address; give one like https://grafana.example.com",
    ],
    [
      'a time zone',
      { sync: { ...production.sync, windows: [{ ...window(), timeZone: 'Paris' }] } },
      "sync.windows.0.timeZone 'Paris' is not a time zone; give a name like Europe/Paris or Etc/UTC",
    ],
    [
      'a schedule',
      { sync: { ...production.sync, windows: [{ ...window(), schedule: '0 16 * *' }] } },
      "sync.windows.0.schedule '0 16 * *' is not a cron expression;",
    ],
  ])('when %s is wrong', (_, change, problem) => {
    expect(changed(change)).toEqual([expect.stringContaining(`production: ${problem}`)]);
  });

  it.each([
    ['0.0.0.0/0', 'is every address there is; give the network that is called'],
    ['10.0.0.1/8', "has bits set behind its prefix; did you mean '10.0.0.0/8'?"],
    ['10.0.0.1', "has no prefix from /1 to /32; did you mean '10.0.0.1/32', the one address?"],
    ['example.com', 'is not a CIDR; give an address and the length of its prefix, as in 10.0.0.0/8'],
  ])('when the CIDR %s opens too much, or nothing', (cidr, problem) => {
    expect(changed({ monitoring: { ...monitoring, apiServer: [{ cidr, ports: [443] }] } })).toEqual([
      `production: monitoring.apiServer.0.cidr '${cidr}' ${problem}`,
    ]);
  });

  it('when a wide network is opened without a reason', () => {
    const to = (cidr: string, because?: string) =>
      changed({ monitoring: { ...monitoring, apiServer: [{ cidr, ports: [443], ...(because && { because }) }] } });
    expect(to('10.0.0.0/8')).toEqual([
      "production: monitoring.apiServer.0 opens 10.0.0.0/8, which is wider than /16; narrow it, or say in 'because' why it cannot be",
    ]);
    expect(to('fd00::/8').join()).toContain('wider than /48');
    for (const narrow of [to('10.1.0.0/16'), to('10.0.0.0/8', 'nobody knows yet')]) expect(narrow).toEqual([]);
  });

  it('when a pod would be killed before it has drained', () => {
    const stopping = { drainSeconds: 10, shutdownSeconds: 60, graceSeconds: 60 };
    expect(changed({ stopping })[0]).toContain('drain 10 s < shutdown 60 s < grace 60 s does not hold');
  });

  it('when sizes contradict each other, once for all services that they hit', () => {
    expect(changed({ minAvailable: 3 })).toEqual([
      expect.stringMatching(
        /^production\/\w+, \w+, \w+, \w+.*: minAvailable 3 of 3 pods forbids every drain; lower 'minAvailable' below the minimum of replicas$/,
      ),
    ]);
    expect(changed({ sizing: { users: { minReplicas: 25 } } })).toEqual([
      'production/users: minReplicas 25 is above maxReplicas 20; lower the first or raise the second',
    ]);
    expect(changed({ sizing: { user: { minReplicas: 4 } } })[0]).toContain("did you mean 'users'?");
  });

  it('when what it may ask for does not fit its nodes', () => {
    const budget = { ...production.budget, cpuMillisPerNode: 1_000 };
    expect(changed({ budget })[0]).toMatch(/^production: CPU requests at the peak are \d+m/);
  });

  it('when values of secrets in git would open something', () => {
    expect(environmentProblems(PLATFORM, { ...dev, edge: production.edge })[0]).toMatch(
      /but edge\.tls has an issuer; use external secrets$/,
    );
  });

  it('when it shares with another what a cluster has once', () => {
    expect(platformProblems({ ...PLATFORM, environments: [dev, { ...dev, name: 'copy' }] })).toEqual([
      `environments dev and copy share namespace '${dev.namespace}'; give each its own`,
      `environments dev and copy share edge.host '${dev.edge.host}'; give each its own`,
      `environments dev and copy share edge.nodePort '${dev.edge.nodePort}'; give each its own`,
    ]);
  });
});

function window() {
  const [first] = production.sync.windows;
  if (first === undefined) throw new Error('production has a window');
  return first;
}
