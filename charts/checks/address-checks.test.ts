import { describe, expect, it } from 'vitest';
import { PLATFORM, platformWith } from '../../test/platform.ts';
import type { Environment } from '../environments/environment.ts';
import { production } from '../environments/production.ts';
import { addressProblems } from './address-checks.ts';
import { platformProblems } from './platform-checks.ts';

const ofCidr = (cidr: string) => addressProblems('mail', [{ cidr, ports: [587] }]);

describe('addresses that a policy lets through', () => {
  it.each(['10.0.0.0/8', '0.0.0.0/0', '192.0.2.7/32', '2001:db8::/32', '::1/128'])('may be %s', (cidr) => {
    expect(ofCidr(cidr)).toEqual([]);
  });

  it.each([
    ['10.0.0.1', '10.0.0.1/32', 32],
    ['10.0.0.1/33', '10.0.0.1/32', 32],
    ['10.0.0.1/', '10.0.0.1/32', 32],
    ['2001:db8::1', '2001:db8::1/128', 128],
  ])('are told when %s lacks its prefix', (cidr, meant, bits) => {
    expect(ofCidr(cidr)).toEqual([
      `mail.0.cidr '${cidr}' has no prefix from /0 to /${bits}; did you mean '${meant}', the one address?`,
    ]);
  });

  it.each([
    '10.0.0/8',
    'smtp.example.com',
    '',
    '10.0.0.0/8/8',
    '256.0.0.1/32',
    '010.0.0.0/8',
    '10.0.0.0./8',
    '1:2/64',
    '::g/64',
  ])('are told when %j is no address', (cidr) => {
    expect(ofCidr(cidr)).toEqual([
      `mail.0.cidr '${cidr}' is no CIDR; give an address and the length of its prefix, as in 10.0.0.0/8`,
    ]);
  });

  it('are told without ports, and with one that is none', () => {
    expect(addressProblems('mail', [{ cidr: '10.0.0.0/8', ports: [] }])).toEqual([
      'mail.0.ports is empty, which would open every port; give those that are called',
    ]);
    expect(addressProblems('mail', [{ cidr: '10.0.0.0/8', ports: [587, 0, 70_000] }])).toEqual([
      'mail.0.ports holds 0; give whole numbers from 1 to 65535',
      'mail.0.ports holds 70000; give whole numbers from 1 to 65535',
    ]);
  });

  it('are those of the API server, of the mail server and of an external Redis', () => {
    const wrong = [{ cidr: '10.0.0.1', ports: [443, 587, 6_380] }];
    const { monitoring } = production;
    if (monitoring.kind !== 'standalone') throw new Error('production has monitoring of its own');
    const environment: Environment = {
      ...production,
      monitoring: { ...monitoring, apiServer: wrong, mail: { ...monitoring.mail, addresses: wrong } },
      redis: {
        kind: 'external',
        target: { kind: 'url', url: 'rediss://redis.example.com:6380' },
        username: null,
        addresses: wrong,
        waitReplicas: 0,
      },
    };
    expect(platformProblems(platformWith(environment)).map((problem) => problem.split(" '")[0])).toEqual([
      'production: monitoring.apiServer.0.cidr',
      'production: monitoring.mail.addresses.0.cidr',
      'production: redis.addresses.0.cidr',
    ]);
    expect(platformProblems(PLATFORM)).toEqual([]);
  });
});
