import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { at, namesOf, theOnly } from '../../../test/manifests.ts';
import { PLATFORM } from '../../../test/platform.ts';
import type { Manifest } from '../../plan/part.ts';
import { metricName } from '../../plan/plan.ts';
import { synthesize } from '../../synthesize.ts';
import { KUBE_STATE_METRICS } from './components.ts';
import { OF_NO_POD } from './prometheus.ts';

const files = new Map(synthesize(PLATFORM).map(({ path, objects }) => [path, objects]));
const objectsOf = (environment: string) => files.get(`${environment}.k8s.yaml`) ?? [];
const monitoringOf = (environment: string): Manifest[] =>
  objectsOf(environment).filter(
    (object) => at(object, 'metadata.namespace') === `${PLATFORM.project.name}-${environment}-monitoring`,
  );
const production = monitoringOf('production');

/** What client-side apply can keep in its annotation. */
const LARGEST_BYTES = 256 * 1_024;

describe('standalone monitoring', () => {
  it('is off in dev, and shows traces in staging only', () => {
    expect(monitoringOf('dev')).toEqual([]);
    expect(namesOf(monitoringOf('staging'), 'Deployment')).toContain('jaeger');
    expect(namesOf(production, 'Deployment')).toEqual(['kube-state-metrics', 'grafana']);
  });

  it('brings nothing that client-side apply could not annotate', () => {
    for (const object of [...files.values()].flat()) {
      expect(JSON.stringify(object).length, String(at(object, 'metadata.name'))).toBeLessThan(LARGEST_BYTES);
    }
  });

  it('reads two namespaces by Roles, and the cluster by none', () => {
    expect(namesOf(objectsOf('production'), 'ClusterRole')).toEqual([]);
    const roles = objectsOf('production').filter(({ kind }) => kind === 'Role');
    expect(roles.map((role) => `${at(role, 'metadata.namespace')}/${at(role, 'metadata.name')}`).sort()).toEqual(
      ['-monitoring', ''].flatMap((end) =>
        ['kube-state-metrics', 'prometheus'].map((name) => `${PLATFORM.project.name}-production${end}/${name}`),
      ),
    );
    for (const role of roles) expect(JSON.stringify(at(role, 'rules'))).not.toMatch(/secrets|configmaps|\*|create/);
  });

  it('gives a token to those that read the API, and to no other', () => {
    const token = (kind: string, name: string) =>
      at(theOnly(production, kind, name), 'spec.template.spec.automountServiceAccountToken');
    expect(token('StatefulSet', 'prometheus')).toBe(true);
    expect(token('Deployment', 'kube-state-metrics')).toBe(true);
    expect(token('StatefulSet', 'alertmanager')).toBe(false);
    expect(token('Deployment', 'grafana')).toBe(false);
  });

  it('asks a program on another port whether it is ready, where that one answers', () => {
    const asked = (probe: string) =>
      at(theOnly(production, 'Deployment', 'kube-state-metrics'), `spec.template.spec.containers.0.${probe}.httpGet`);
    expect(asked('livenessProbe')).toMatchObject({ path: '/healthz', port: 8080 });
    expect(asked('readinessProbe')).toMatchObject({ path: '/readyz', port: 8081 });
  });

  it('gives a program five minutes to answer for the first time: a restart meanwhile would only begin again', () => {
    const probe = 'spec.template.spec.containers.0.startupProbe';
    const grafana = theOnly(production, 'Deployment', 'grafana');
    expect(at(grafana, probe)).toMatchObject({
      httpGet: { path: '/healthz' },
      periodSeconds: 2,
      failureThreshold: 150,
    });
    // It answers before it has read its write-ahead log, however long that is.
    expect(at(theOnly(production, 'StatefulSet', 'prometheus'), `${probe}.httpGet.path`)).toBe('/-/healthy');
  });

  it('names a pod on what is told of a pod, and on nothing else', () => {
    const strips = new RegExp(`^(?:${OF_NO_POD.regex})$`);
    for (const line of KUBE_STATE_METRICS) expect(strips.test(metricName(line)), line).toBe(!/[{,]pod[,}]/.test(line));
    const config = theOnly(production, 'ConfigMap', 'prometheus-config')['data'] as Record<string, string>;
    const { scrape_configs: jobs } = load(config['prometheus.yaml'] ?? '') as { scrape_configs: Manifest[] };
    const stripped = jobs.filter((job) => JSON.stringify(job).includes(OF_NO_POD.regex));
    expect(stripped.map((job) => job['job_name'])).toEqual(['kube-state-metrics']);
  });

  it('keeps passwords in files from secrets', () => {
    expect(theOnly(production, 'ConfigMap', 'grafana')['data']).toMatchObject({
      GF_SECURITY_ADMIN_PASSWORD__FILE: '/run/secrets/grafana/admin-password',
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
    });
    const config = JSON.stringify(theOnly(production, 'ConfigMap', 'alertmanager-config'));
    expect(config).toContain('smtp_auth_password_file');
    expect(config).not.toContain('smtp_auth_password:');
  });

  it('links to names below the host that no Ingress publishes', () => {
    const url = (kind: string, name: string) =>
      /(?:external-url=|GF_SERVER_ROOT_URL":")https:\/\/([\w.-]+)/.exec(
        JSON.stringify(theOnly(production, kind, name)),
      )?.[1];
    const linked = [url('ConfigMap', 'grafana'), url('StatefulSet', 'prometheus'), url('StatefulSet', 'alertmanager')];
    const { domain } = PLATFORM.project;
    expect(linked).toEqual([`grafana.${domain}`, `prometheus.${domain}`, `alertmanager.${domain}`]);
    const published = objectsOf('production').filter(({ kind }) => kind === 'Ingress');
    expect(published.length).toBeGreaterThan(0);
    for (const host of linked) expect(JSON.stringify(published)).not.toContain(host);
  });

  it('rolls a pod when its configuration changes', () => {
    const checksum = (environment: string) =>
      at(theOnly(monitoringOf(environment), 'StatefulSet', 'prometheus'), 'spec.template.metadata.annotations');
    expect(checksum('production')).not.toEqual(checksum('staging'));
  });

  it('keeps metrics longer than an error budget counts, and never fills its volume', () => {
    const args = JSON.stringify(
      at(theOnly(production, 'StatefulSet', 'prometheus'), 'spec.template.spec.containers.0.args'),
    );
    expect(args).toContain('--storage.tsdb.retention.time=35d');
    expect(args).toContain('--storage.tsdb.retention.size=43520MB');
  });
});
