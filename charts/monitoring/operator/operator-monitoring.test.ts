import { describe, expect, it } from 'vitest';
import { checkPlatform } from '../../../guardrails/engine.ts';
import { at, namesOf, theOnly } from '../../../test/manifests.ts';
import { platformWith } from '../../../test/platform.ts';
import { mailTo } from '../../environments/defaults.ts';
import { production } from '../../environments/production.ts';
import type { Environment } from '../../plan/environment.ts';
import { synthesize } from '../../synthesize.ts';

/** Production, watched by an operator that somebody else runs. */
const watched: Environment = {
  ...production,
  monitoring: {
    kind: 'operator',
    release: 'kube-prometheus-stack',
    prometheus: { namespace: 'monitoring', podLabels: { 'app.kubernetes.io/name': 'prometheus' } },
    grafanaUrl: 'https://grafana.example.com',
    mail: mailTo('production'),
  },
};
const files = synthesize(platformWith(watched));
const addons = files.find(({ path }) => path === 'addons/production.k8s.yaml')?.objects ?? [];
const own = files.find(({ path }) => path === 'production.k8s.yaml')?.objects ?? [];

describe('monitoring by an operator', () => {
  it('holds together: no guardrail finds an error', () => {
    const documents = files.map(({ path, objects }) => ({ file: `dist/${path}`, objects }));
    const errors = checkPlatform(documents).filter(({ severity }) => severity === 'error');
    expect(errors.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
  });

  it('brings no program and no namespace of its own', () => {
    expect(namesOf(own, 'Namespace')).toEqual([production.namespace]);
    expect(namesOf(own, 'Deployment')).not.toContain('grafana');
  });

  it('has the pods of services and Redis scraped under their own names', () => {
    expect(namesOf(addons, 'PodMonitor')).toEqual(['services', 'redis']);
    const services = theOnly(addons, 'PodMonitor', 'services');
    expect(at(services, 'spec.jobLabel')).toBe('app.kubernetes.io/name');
    expect(at(services, 'spec.podMetricsEndpoints.0.port')).toBe('admin');
    expect(at(services, 'metadata.labels.release')).toBe('kube-prometheus-stack');
  });

  it('has the same rules, in an object a group', () => {
    expect(namesOf(addons, 'PrometheusRule')).toContain('slo-quotes');
    expect(JSON.stringify(theOnly(addons, 'PrometheusRule', 'redis'))).toContain('RedisDown');
  });

  it('says when somebody else’s programs give no figures about this environment', () => {
    const rules = JSON.stringify(theOnly(addons, 'PrometheusRule', 'platform'));
    expect(rules).toContain('KubeStateMetricsDown');
    expect(rules).toContain('CertificatesUnwatched');
  });

  it('mails with a password from the Secret, to the same people', () => {
    const config = theOnly(addons, 'AlertmanagerConfig', 'mail');
    expect(at(config, 'spec.route.receiver')).toBe('ticket');
    expect(at(config, 'spec.receivers.0.emailConfigs.0.authPassword')).toEqual({
      name: 'alertmanager',
      key: 'smtp-password',
    });
    expect(at(config, 'spec.inhibitRules.0.sourceMatch.0')).toEqual({
      name: 'severity',
      matchType: '=',
      value: 'critical',
    });
  });

  it('labels dashboards for the sidecar of Grafana', () => {
    const overview = theOnly(addons, 'ConfigMap', 'grafana-dashboard-overview');
    expect(at(overview, 'metadata.labels.grafana_dashboard')).toBe('1');
  });

  it('lets the operator’s Prometheus reach the metrics of every service', () => {
    const policy = JSON.stringify(theOnly(own, 'NetworkPolicy', 'users-traffic'));
    expect(policy).toContain('"kubernetes.io/metadata.name":"monitoring"');
  });
});
