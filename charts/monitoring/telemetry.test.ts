import { describe, expect, it } from 'vitest';
import { at, theOnly } from '../../test/manifests.ts';
import { planOf, platformWith } from '../../test/platform.ts';
import { production } from '../environments/production.ts';
import { synthesize } from '../synthesize.ts';

const POSTS = 'http://victoria-logs.logs:9428/insert/jsonline?_time_field=time';
const telemetry = {
  logs: {
    url: POSTS,
    at: { namespace: 'logs', podLabels: { app: 'victoria-logs' }, port: 9428 },
    page: 'https://logs.example.com',
  },
  traces: { url: 'https://otlp.example.com', at: [{ cidr: '192.0.2.7/32', ports: [443] }] },
} as const;

describe('telemetry of an environment', () => {
  const environment = { ...production, telemetry };

  it('tells each service where to send, and lets its pods out to there alone', () => {
    const files = synthesize(platformWith(environment))
      .filter(({ path }) => path.endsWith('production.k8s.yaml') && !path.includes('addons'))
      .flatMap(({ objects }) => objects);
    const config = theOnly(files, 'ConfigMap', 'quotes');
    expect(at(config, 'data.LOGS_URL')).toBe(POSTS);
    expect(at(config, 'data.OTEL_EXPORTER_OTLP_ENDPOINT')).toBe('https://otlp.example.com');
    const egress = JSON.stringify(at(theOnly(files, 'NetworkPolicy', 'quotes-traffic'), 'spec.egress'));
    expect(egress).toContain('"podSelector":{"matchLabels":{"app":"victoria-logs"}}');
    expect(egress).toContain('"cidr":"192.0.2.7/32"');
    expect(JSON.stringify(theOnly(files, 'ConfigMap', 'grafana-dashboard-quotes'))).toContain(
      'https://logs.example.com',
    );
  });

  it('is refused beside a Jaeger of the monitoring: a span can go to one of them', () => {
    const monitoring = { ...production.monitoring, jaeger: true } as const;
    expect(() => synthesize(platformWith({ ...environment, monitoring }))).toThrow(/telemetry\.traces is given beside/);
  });

  it('leaves everything as it was where nothing is given', () => {
    expect([...planOf(production).offers.keys()]).not.toContain('logs');
  });
});
