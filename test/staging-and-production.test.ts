import { describe, expect, it } from 'vitest';
import { dev } from '../charts/environments/dev.ts';
import { production } from '../charts/environments/production.ts';
import { staging } from '../charts/environments/staging.ts';
import type { Environment } from '../charts/plan/environment.ts';
import type { Manifest } from '../charts/plan/part.ts';
import { project } from '../charts/project.ts';
import { synthesize } from '../charts/synthesize.ts';
import { at } from './manifests.ts';
import { PLATFORM } from './platform.ts';

const FILES = synthesize(PLATFORM);

/** The objects of an environment and its addons by kind and name, with its own name and namespace taken out. */
function objectsOf({ name, namespace }: Environment): Map<string, Manifest> {
  const objects = FILES.filter(({ path }) => path.endsWith(`${name}.k8s.yaml`)).flatMap((file) => file.objects);
  return new Map(
    objects.map((object) => {
      const general: Manifest = JSON.parse(
        JSON.stringify(object).replaceAll(namespace, 'NAMESPACE').replaceAll(name, 'ENV'),
      );
      const metadata = (field: string) => at(general, `metadata.${field}`) ?? '';
      return [`${object['kind']} ${metadata('namespace')}/${metadata('name')}`, general];
    }),
  );
}

const STAGING = objectsOf(staging);
const PRODUCTION = objectsOf(production);

/** Objects that only one of the two has, and the policy that decides so. */
const ONLY_IN_STAGING = [
  // monitoring.jaeger
  'ConfigMap NAMESPACE-monitoring/jaeger-config',
  'Deployment NAMESPACE-monitoring/jaeger',
  'NetworkPolicy NAMESPACE-monitoring/jaeger-traffic',
  'Service NAMESPACE-monitoring/jaeger',
  'ServiceAccount NAMESPACE-monitoring/jaeger',
];
const ONLY_IN_PRODUCTION = [
  // redis.kind: sentinel
  'ConfigMap NAMESPACE/redis-sentinel',
  'NetworkPolicy NAMESPACE/redis-sentinel-traffic',
  'PodDisruptionBudget NAMESPACE/redis',
  'PodDisruptionBudget NAMESPACE/redis-sentinel',
  'Service NAMESPACE/redis-sentinel',
  'StatefulSet NAMESPACE/redis-sentinel',
];

/** Fields in which the containers and pods of a service may differ: everything else is the same by construction. */
const POLICY_OF_DEPLOYMENTS = [
  'metadata.annotations', // what the guardrails are told: calls
  'spec.progressDeadlineSeconds', // rollout
  'spec.strategy.rollingUpdate.maxSurge', // rollout
  'spec.template.metadata.annotations', // checksum of the ConfigMap
  'spec.template.spec.containers.0.resources.requests.cpu', // promisedRate
  'spec.template.spec.topologySpreadConstraints', // spread
];

const POLICY_OF_SERVICE_CONFIG = [
  'data.ENVIRONMENT',
  'data.OTEL_EXPORTER_OTLP_ENDPOINT', // monitoring.jaeger
  'data.PUBLIC_URL', // edge.host
  'data.REDIS_SENTINELS', // redis.kind
  'data.REDIS_SENTINEL_PRIMARY',
  'data.REDIS_URL',
  'data.REDIS_WAIT_AOF_REPLICAS',
];

const SERVICES = PLATFORM.catalog.map(({ name }) => name);

describe('staging and production differ in policy alone', () => {
  it('they have the same objects, but for those that a policy brings', () => {
    const only = (one: Map<string, unknown>, other: Map<string, unknown>) =>
      [...one.keys()].filter((key) => !other.has(key)).sort();
    expect(only(STAGING, PRODUCTION)).toEqual(ONLY_IN_STAGING);
    expect(only(PRODUCTION, STAGING)).toEqual(ONLY_IN_PRODUCTION);
  });

  it('the fields of the environment in which they do are these, and no service is sized apart', () => {
    const fields = Object.keys(production).filter(
      (field) => JSON.stringify(Reflect.get(production, field)) !== JSON.stringify(Reflect.get(staging, field)),
    );
    expect(fields.sort()).toEqual([
      ...[
        'budget',
        'edge',
        'minAvailable',
        'monitoring',
        'name',
        'namespace',
        'priority',
        'promisedRate',
        'promotion',
        'redis',
      ],
      ...['resources', 'rollout', 'scaling', 'secrets', 'spread', 'sync'],
    ]);
  });

  it.each(SERVICES)('%s runs the same containers: image, memory, limits, probes, security', (service) => {
    expect(withoutFields(PRODUCTION, `Deployment NAMESPACE/${service}`, POLICY_OF_DEPLOYMENTS)).toEqual(
      withoutFields(STAGING, `Deployment NAMESPACE/${service}`, POLICY_OF_DEPLOYMENTS),
    );
  });

  // A service without variables has no ConfigMap.
  const told = SERVICES.filter((service) => STAGING.has(`ConfigMap NAMESPACE/${service}`));
  it.each(told)('%s is told the same, but for where its store is', (service) => {
    expect(withoutFields(PRODUCTION, `ConfigMap NAMESPACE/${service}`, POLICY_OF_SERVICE_CONFIG)).toEqual(
      withoutFields(STAGING, `ConfigMap NAMESPACE/${service}`, POLICY_OF_SERVICE_CONFIG),
    );
  });

  it.each(PLATFORM.catalog.filter(({ image }) => image === undefined))(
    '$name is asked at startup and for liveness whether it runs, for readiness whether it can serve',
    ({ name: service }) => {
      const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) =>
        at(PRODUCTION.get(`Deployment NAMESPACE/${service}`), `spec.template.spec.containers.0.${probe}.httpGet.path`),
      );
      expect(probes).toEqual(['/healthz', '/healthz', '/readyz']);
    },
  );

  it('the edge is the same for another host', () => {
    const [one, other] = [STAGING, PRODUCTION].map((objects) =>
      JSON.stringify(objects.get(`Ingress NAMESPACE/${project.name}`)).replaceAll(
        `ENV.${project.domain}`,
        project.domain,
      ),
    );
    expect(other).toBe(one);
  });
});

describe('what stands in dist/ outside of dev', () => {
  const secretive = [...STAGING, ...PRODUCTION].filter(([key]) => !key.startsWith('ExternalSecret '));

  it('is no Secret', () => {
    expect(secretive.filter(([key]) => key.startsWith('Secret ')).map(([key]) => key)).toEqual([]);
  });

  it('gives no variable whose name is that of a secret a value', () => {
    const values = secretive.flatMap(([key, object]) =>
      textsOf(object).flatMap(([path, text]) =>
        /(password|secret|token|admin.?key|credential|private.?key)["\w-]*$/i.test(path) && text.length > 0
          ? [`${key} ${path}: ${text}`]
          : [],
      ),
    );
    expect(values.filter((value) => !REFERENCES.some((reference) => reference.test(value)))).toEqual([]);
  });

  it('holds none of the values that dev shows', () => {
    const shown = FILES.find(({ path }) => path === `${dev.name}.k8s.yaml`)?.objects ?? [];
    const values = shown.flatMap((object) => Object.values(at(object, 'stringData') ?? {})).map(String);
    expect(values.length).toBeGreaterThan(2);
    const text = JSON.stringify(secretive);
    expect(values.filter((value) => text.includes(value))).toEqual([]);
  });
});

/** Names and files of secrets, which are no values. */
const REFERENCES = [/\.secretName: /, /\.secret\.name: /, /\.SECRETS_DIR: \//, /_PASSWORD__FILE: \//];

function withoutFields(objects: Map<string, Manifest>, key: string, paths: readonly string[]): unknown {
  const copy: unknown = structuredClone(objects.get(key));
  expect(copy, key).toBeDefined();
  for (const path of paths) {
    const parts = path.split('.');
    const parent = parts.length === 1 ? copy : at(copy, parts.slice(0, -1).join('.'));
    if (parent !== null && typeof parent === 'object') Reflect.deleteProperty(parent, parts.at(-1) ?? '');
  }
  return copy;
}

/** Every text of an object with its path. */
function textsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => textsOf(item, `${path}.${key}`));
}
