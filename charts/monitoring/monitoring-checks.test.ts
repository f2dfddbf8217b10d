import { describe, expect, it } from 'vitest';
import { MONITORING, mailTo } from '../environments/defaults.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import { monitoringProblems } from './monitoring-checks.ts';

const size = { cpuMillis: 100, memoryMiB: 512, ephemeralMiB: 128 };
const standalone = {
  ...MONITORING,
  prometheusSize: { storageGi: 10, requests: size, limits: size },
  jaeger: false,
  mail: mailTo('production'),
};

describe('the monitoring of an environment', () => {
  it('holds together in the environments that there are', () => {
    expect([dev, production].flatMap(monitoringProblems)).toEqual([]);
  });

  it('keeps metrics longer than an error budget counts', () => {
    expect(monitoringProblems({ ...production, monitoring: { ...standalone, retentionDays: 15 } })).toEqual([
      'monitoring.retentionDays 15 is too short: an error budget counts 30 days; give at least 31',
    ]);
  });

  it('tells a mail server that the policies would cut off', () => {
    for (const mail of [
      { ...standalone.mail, addresses: [] },
      { ...standalone.mail, port: 25 },
    ]) {
      const [problem] = monitoringProblems({ ...production, monitoring: { ...standalone, mail } });
      expect(problem).toBe(
        `monitoring.mail.port ${mail.port} is in none of monitoring.mail.addresses: no mail would get out; add its CIDR with that port`,
      );
    }
  });

  it('tells a Grafana that no link leads to', () => {
    expect(monitoringProblems({ ...production, monitoring: { ...standalone, grafanaUrl: 'grafana' } })).toEqual([
      "monitoring.grafanaUrl 'grafana' is no address; give one like https://grafana.example.com",
    ]);
  });

  it('tells every problem at once', () => {
    const mail = { ...standalone.mail, page: [], ticket: [] };
    const problems = monitoringProblems({ ...production, monitoring: { ...standalone, apiServer: [], mail } });
    expect(problems).toEqual([
      expect.stringContaining('monitoring.apiServer is empty'),
      expect.stringContaining('monitoring.mail.page is empty'),
      expect.stringContaining('monitoring.mail.ticket is empty'),
    ]);
  });
});
