import { describe, expect, it } from 'vitest';
import { RELEASE_WORKFLOW } from '../charts/environments/defaults.ts';
import { production } from '../charts/environments/production.ts';
import { staging } from '../charts/environments/staging.ts';
import type { Environment } from '../charts/plan/environment.ts';
import type { Manifest, ManifestFile } from '../charts/plan/part.ts';
import { project } from '../charts/project.ts';
import { synthesize } from '../charts/synthesize.ts';
import { judge } from '../output/judge.ts';
import { at, theOnly } from './manifests.ts';
import { PLATFORM, platformWith } from './platform.ts';

const MANAGED = { kind: 'external', username: 'quotes', waitReplicas: 0 } as const;
const addresses = [{ cidr: '10.1.0.0/16', ports: [6380] }];

const PROMOTION = { signer: RELEASE_WORKFLOW, after: null } as const;
const CLOSED = { exposure: 'none', tls: { kind: 'none' }, middlewares: false, rateLimit: null } as const;

/** What an environment may choose and none of the committed ones does. */
const CHOICES: Readonly<Record<string, Environment>> = {
  'a managed Redis by its address': {
    ...production,
    redis: { ...MANAGED, target: { kind: 'url', url: 'rediss://redis.example.com:6380' }, addresses },
  },
  'a managed Redis that knows no users': {
    ...production,
    redis: { ...MANAGED, username: null, target: { kind: 'url', url: 'rediss://redis.example.com:6380' }, addresses },
  },
  'a Redis Cluster': {
    ...production,
    redis: { ...MANAGED, target: { kind: 'cluster', nodes: ['redis-1.example.com:6380'] }, addresses },
  },
  'the secret store of the whole cluster': {
    ...production,
    secrets: clusterStore(),
  },
  'TLS inside, a registry with a login, signatures asked by Kyverno, scaling by CPU alone': {
    ...scaledByCpu(),
    internalTls: { certificateDays: 90 },
    images: { pullPolicy: 'Always', pullSecrets: ['registry'] },
    promotion: { ...PROMOTION, admission: 'kyverno' },
  },
  'no way in, signatures asked by the policy controller, logs and traces kept by others': {
    ...production,
    telemetry: {
      logs: {
        url: 'http://store.logs:9428/insert',
        at: { namespace: 'logs', podLabels: { a: 'b' }, port: 9428 },
        page: 'https://logs.example.com',
      },
      traces: { url: 'https://otlp.example.com', at: [{ cidr: '192.0.2.7/32', ports: [443] }] },
    },
    edge: { ...production.edge, ...CLOSED },
    promotion: { ...PROMOTION, admission: 'policy-controller' },
  },
  'Gateway API in production': { ...production, edge: { ...production.edge, exposure: 'gateway' } },
  'Gateway API in staging': { ...staging, edge: { ...staging.edge, exposure: 'gateway' } },
  'the Ingress of another controller': {
    ...production,
    edge: {
      ...production.edge,
      className: 'nginx',
      middlewares: false,
      rateLimit: null,
      controller: { namespace: 'ingress-nginx', podLabels: { 'app.kubernetes.io/name': 'ingress-nginx' } },
    },
  },
};

function scaledByCpu(): Environment {
  const { scaling } = production;
  if (scaling.kind !== 'auto') throw new Error('production scales by itself');
  return { ...production, scaling: { ...scaling, memoryPercent: null } };
}

function clusterStore(): Environment['secrets'] {
  const { secrets } = production;
  if (secrets.kind !== 'external') throw new Error('production has its secrets from a store');
  return { ...secrets, store: { ...secrets.store, kind: 'ClusterSecretStore' } };
}

function judged(files: readonly ManifestFile[]): string {
  return judge(files, new Map(), { before: new Map() });
}

/** The platform with this environment in place of the committed one; made once, however often it is looked at. */
function filesWith(environment: Environment): readonly ManifestFile[] {
  const key = JSON.stringify(environment);
  const files = made.get(key) ?? synthesize(platformWith(environment));
  made.set(key, files);
  return files;
}
const made = new Map<string, readonly ManifestFile[]>();

function objectsOf(environment: Environment): Manifest[] {
  return filesWith(environment)
    .filter(({ path }) => path.endsWith(`${environment.name}.k8s.yaml`))
    .flatMap(({ objects }) => objects);
}

describe('a choice that an environment offers', () => {
  it.each(Object.keys(CHOICES))('%s: makes a platform in which every guardrail holds', (name) => {
    expect(judged(filesWith(CHOICES[name] ?? production))).toMatch(/^guardrails: nothing found /);
  });

  it('of a registry with a login reaches every container and every pod, those of the store and the monitoring too', () => {
    const objects = objectsOf({ ...production, images: { pullPolicy: 'Always', pullSecrets: ['registry'] } });
    const pods = objects.flatMap(
      (object) => at(object, 'spec.template.spec') ?? at(object, 'spec.jobTemplate.spec.template.spec') ?? [],
    );
    expect(pods.length).toBeGreaterThan(8);
    for (const pod of pods) expect(at(pod, 'imagePullSecrets')).toEqual([{ name: 'registry' }]);
    expect(JSON.stringify(objects)).not.toContain('"imagePullPolicy":"IfNotPresent"');
  });

  it('of CPU alone leaves memory out of the autoscalers and of what alerts compare with', () => {
    for (const object of objectsOf(scaledByCpu()).filter((found) => at(found, 'kind') === 'HorizontalPodAutoscaler'))
      expect(JSON.stringify(at(object, 'spec.metrics'))).not.toContain('memory');
  });

  it('of no way in leaves no route, no certificate and nobody from outside in a policy', () => {
    const objects = objectsOf({ ...production, edge: { ...production.edge, ...CLOSED } });
    expect(
      objects.filter((object) => ['Ingress', 'Middleware', 'Certificate'].includes(String(at(object, 'kind')))),
    ).toEqual([]);
    const policies = objects.filter((object) => at(object, 'kind') === 'NetworkPolicy');
    expect(policies.length).toBeGreaterThan(8);
    expect(JSON.stringify(policies)).not.toContain(JSON.stringify(production.edge.controller.podLabels));
  });

  it('between Ingress and Gateway API changes no route', () => {
    const ofIngress = items(theOnly(objectsOf(production), 'Ingress', project.name), 'spec.rules.0.http.paths').map(
      (path) => [
        ...[
          at(path, 'path'),
          at(path, 'pathType'),
          at(path, 'backend.service.name'),
          at(path, 'backend.service.port.number'),
        ],
      ],
    );
    const gateway = objectsOf({ ...production, edge: { ...production.edge, exposure: 'gateway' } });
    const ofGateway = items(theOnly(gateway, 'HTTPRoute', project.name), 'spec.rules').map((rule) => [
      at(rule, 'matches.0.path.value'),
      String(at(rule, 'matches.0.path.type')).replace('PathPrefix', 'Prefix'),
      at(rule, 'backendRefs.0.name'),
      at(rule, 'backendRefs.0.port'),
    ]);
    // The longest path wins in both, wherever it stands.
    expect(ofGateway.sort()).toEqual(ofIngress.sort());
    expect(ofIngress).toHaveLength(PLATFORM.catalog.flatMap(({ routes = [] }) => routes).length);
    expect(gateway.filter(({ kind }) => kind === 'Ingress')).toEqual([]);
  });
});

describe('synthesis refuses a platform', () => {
  const files = filesWith(production);
  const without = (unwanted: (object: Manifest) => boolean) =>
    files.map(({ path, objects }) => ({ path, objects: objects.filter((object) => !unwanted(object)) }));
  const named = (kind: string, name: string) => (object: Manifest) =>
    object['kind'] === kind && at(object, 'metadata.name') === name;

  it.each([
    ['Middleware', 'rate-limit', /Middleware rate-limit does not exist/],
    ['SecretStore', 'vault', /SecretStore vault does not exist/],
    ['Issuer', 'letsencrypt-production', /Issuer letsencrypt-production does not exist/],
    ['Service', 'redis-sentinel', /redis-sentinel/],
    ['NetworkPolicy', 'quotes-traffic', /quotes/],
  ])('that names the %s %s, which nobody makes', (kind, name, reason) => {
    expect(() => judged(without(named(kind, name)))).toThrow(reason);
  });

  it('whose pods mount a secret that nobody provides', () => {
    const silent = files.map(({ path, objects }) => ({
      path,
      objects: objects.map((object) =>
        JSON.parse(JSON.stringify(object).replaceAll('Secret/redis-client:', 'Secret/other:')),
      ),
    }));
    const noSecret = silent.map(({ path, objects }) => ({
      path,
      objects: objects.filter((object) => !named('ExternalSecret', 'redis-client')(object)),
    }));
    expect(() => judged(noSecret)).toThrow(/Secret redis-client does not exist/);
  });
});

function items(object: Manifest, path: string): unknown[] {
  const found = at(object, path);
  return Array.isArray(found) ? found : [];
}
