import { describe, expect, it } from 'vitest';
import { SERVICE_NEEDS, URL_ENV } from '../../app/contract.ts';
import { at, theOnly } from '../../test/manifests.ts';
import { PLATFORM, planOf, serviceOf } from '../../test/platform.ts';
import { selectorLabels } from '../constructs/labels.ts';
import type { TrafficPeer } from '../constructs/traffic-policy.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import { staging } from '../environments/staging.ts';
import type { Environment } from '../plan/environment.ts';
import { namedConnections, type ServiceSpec } from '../plan/service-spec.ts';
import { synthesize } from '../synthesize.ts';
import { secretFilesOf } from './links.ts';
import { environmentOf } from './part.ts';

const { catalog } = PLATFORM;
const [front, users, quotes, search] = ['front', 'users', 'quotes', 'search'].map(serviceOf) as [
  ServiceSpec,
  ServiceSpec,
  ServiceSpec,
  ServiceSpec,
];
const { namespace } = production;
const DARK: Environment = { ...production, monitoring: { kind: 'off' } };
const pods = (name: string): TrafficPeer => ({ kind: 'pods', labels: selectorLabels(name, namespace) });
const TRAEFIK: TrafficPeer = { kind: 'peer', ...production.edge.controller };

/** Somebody else's image: everything that it needs stands in its specification. */
const CACHE: ServiceSpec = {
  name: 'cache',
  description: 'Somebody else’s cache',
  image: 'registry.example.com/cache:1.2.3',
  ports: { grpc: 7000 },
  probes: { live: { grpc: true }, ready: { grpc: true } },
  args: ['--port=7000'],
  env: { MODE: 'fast' },
  uid: 20_000,
  scratch: { '/var/tmp': 32 },
  singleton: '2m: what it holds is lost with it',
  connections: [{ to: 'users', env: 'USERS_ADDR', as: 'address' }],
};

function traffic(service: ServiceSpec, environment: Environment, services = catalog) {
  const others = services.filter(({ name }) => name !== service.name);
  return planOf(environment, [...others, service]).traffic({
    kind: 'workload',
    name: service.name,
    namespace: environment.namespace,
  });
}

describe('the traffic into a service', () => {
  it('comes from the edge and from its callers, to the port that they call', () => {
    expect(traffic(users, DARK).ingress).toEqual([{ peers: [TRAEFIK, pods('front')], ports: [5000] }]);
  });

  it('comes from its callers alone where it has no route, and from nobody where nobody calls it', () => {
    const { routes: _, ...hidden } = users;
    expect(traffic(hidden, DARK).ingress).toEqual([{ peers: [pods('front')], ports: [5000] }]);
    expect(traffic(hidden, DARK, []).ingress).toEqual([]);
  });

  it('comes to the metrics port from the scraper only', () => {
    const home = `${namespace}-monitoring`;
    const scraper = { kind: 'peer', namespace: home, podLabels: selectorLabels('prometheus', home) };
    expect(traffic(users, production).ingress.filter(({ ports }) => ports.includes(8080))).toEqual([
      { peers: [scraper], ports: [8080] },
    ]);
  });

  it('comes from anywhere to the one that a node port leads to', () => {
    const anywhere = { kind: 'addresses', cidr: '0.0.0.0/0' };
    expect(traffic(front, dev).ingress[0]?.peers).toContainEqual(anywhere);
    expect(traffic(users, dev).ingress[0]?.peers).not.toContainEqual(anywhere);
    expect(traffic(front, production).ingress[0]?.peers).not.toContainEqual(anywhere);
  });
});

describe('the traffic out of a service', () => {
  it('goes to the names and to the services that it calls', () => {
    expect(traffic(front, DARK).egress).toEqual([
      expect.objectContaining({ ports: [53], protocols: ['UDP', 'TCP'] }),
      { peers: SERVICE_NEEDS.front.calls.map(pods), ports: [5000] },
      { peers: [pods('redis')], ports: [6379] },
      { peers: [pods('redis-sentinel')], ports: [26379] },
    ]);
  });

  it('goes to the store, and where it fails over to its Sentinels', () => {
    expect(traffic(quotes, DARK).egress.slice(1)).toEqual([
      { peers: [pods('redis')], ports: [6379] },
      { peers: [pods('redis-sentinel')], ports: [26379] },
    ]);
    expect(traffic(quotes, DARK).calls).toBe('redis:6379, redis-sentinel:26379');
  });

  it('goes to addresses outside of the cluster that it declares, and nowhere where it declares none', () => {
    const addresses = [{ cidr: '203.0.113.0/24', ports: [443] }];
    const { egress, calls } = traffic({ ...quotes, connections: [{ addresses }] }, DARK);
    expect(egress.slice(1)).toEqual([{ peers: [{ kind: 'addresses', cidr: '203.0.113.0/24' }], ports: [443] }]);
    expect(calls).toBe('203.0.113.0/24:443');
    expect(traffic({ ...quotes, connections: [] }, DARK).egress).toEqual([]);
  });

  it('meets a policy that lets it in: every connection is declared once and opened on both sides', () => {
    for (const caller of catalog) {
      for (const { to } of namedConnections(caller).filter((connection) =>
        catalog.some(({ name }) => name === connection.to),
      )) {
        expect(traffic(caller, production).egress.flatMap(({ peers }) => peers)).toContainEqual(pods(to));
        expect(traffic(serviceOf(to), production).ingress.flatMap(({ peers }) => peers)).toContainEqual(
          pods(caller.name),
        );
      }
    }
  });
});

describe('the environment of a process', () => {
  const env = (service: ServiceSpec, environment: Environment) =>
    environmentOf(service, planOf(environment, [...catalog, CACHE]));

  it('says who it is, where it listens and when it must stop', () => {
    expect(env(users, production)).toMatchObject({
      SERVICE: 'users',
      ENVIRONMENT: 'production',
      APP_VERSION: production.release.tag,
      LOG_LEVEL: 'info',
      HTTP_PORT: '5000',
      ADMIN_PORT: '8080',
      DRAIN_SECONDS: '10',
      SECRETS_DIR: '/run/secrets/app',
    });
  });

  it('has one address for each service that is called, written as the caller wants it', () => {
    const urls = Object.fromEntries(SERVICE_NEEDS.front.calls.map((name) => [URL_ENV[name], `http://${name}`]));
    expect(env(front, production)).toMatchObject(urls);
    expect(Object.keys(env(users, production))).not.toContain('QUOTES_URL');
    expect(env(CACHE, production)).toEqual({ MODE: 'fast', USERS_ADDR: 'users:80' });
  });

  it('has the way to the store where the store is connected', () => {
    const keys = (service: ServiceSpec) => Object.keys(env(service, dev)).filter((key) => key.startsWith('REDIS'));
    expect(keys(quotes)).not.toEqual([]);
    expect(keys(CACHE)).toEqual([]);
  });

  it('has the address that people see where pages are served', () => {
    expect(env(front, production)).toHaveProperty('PUBLIC_URL', `https://${production.edge.host}`);
    expect(env(users, production)).not.toHaveProperty('PUBLIC_URL');
  });

  it('is told what the environment allows: sample data, default secrets, plain HTTP', () => {
    const allowed = { SEED: 'true', DEFAULT_SECRETS: 'true', PLAIN_HTTP: 'true' };
    expect(env(quotes, dev)).toMatchObject(allowed);
    expect(env(users, dev)).not.toHaveProperty('SEED');
    for (const key of Object.keys(allowed)) expect(env(quotes, production)).not.toHaveProperty(key);
  });

  it('sends spans where a collector runs', () => {
    const key = 'OTEL_EXPORTER_OTLP_ENDPOINT';
    expect(env(users, staging)).toHaveProperty(key, `http://jaeger.${staging.namespace}-monitoring:4318`);
    expect(env(users, dev)).not.toHaveProperty(key);
  });

  it.each([dev, staging, production])('holds no secret in $name', (environment) => {
    for (const service of catalog) {
      const keys = Object.keys(env(service, environment));
      expect(keys.filter((key) => /PASSWORD|ADMIN_KEY|TOKEN|SECRET$/.test(key))).toEqual([]);
    }
  });
});

describe('the files that a service mounts', () => {
  const files = (service: ServiceSpec) => secretFilesOf(service, planOf(production));
  const keys = (service: ServiceSpec) => files(service).flatMap((found) => found.keys);

  it('are only those that it uses', () => {
    expect(keys(users)).toEqual(['admin-key', 'admin-key-previous', 'admin-keys', 'redis-users-password']);
    expect(keys(search)).toEqual(['redis-search-password']);
    expect(keys(front)).toEqual(['redis-front-password']);
    expect(keys(CACHE)).toEqual([]);
  });

  it('start a pod although a rotation is not under way', () => {
    expect(
      files(users)
        .filter(({ optional }) => optional)
        .map((found) => found.keys),
    ).toEqual([['admin-key-previous'], ['admin-keys']]);
  });

  it.each([dev, production])('are in Secrets that $name has', (environment) => {
    const { secrets } = planOf(environment);
    const provided = secrets.flatMap((spec) => spec.keys.map(({ key }) => `${spec.name}/${key}`));
    for (const { secret, keys: wanted } of files(users)) {
      for (const key of wanted) expect(provided).toContain(`${secret}/${key}`);
    }
  });
});

describe("somebody else's image", () => {
  const files = synthesize({ ...PLATFORM, catalog: [...catalog, CACHE] });
  const objects = files.find(({ path }) => path === 'production.k8s.yaml')?.objects ?? [];
  const deployment = theOnly(objects, 'Deployment', 'cache');
  const container = (path: string) => at(deployment, `spec.template.spec.containers.0.${path}`);

  it('runs as it is: its image, arguments, user and port', () => {
    expect(container('image')).toBe(CACHE.image);
    expect(container('args')).toEqual(CACHE.args);
    expect(container('securityContext.runAsUser')).toBe(20_000);
    expect(container('ports')).toEqual([{ name: 'grpc', containerPort: 7000, protocol: 'TCP' }]);
    expect(at(theOnly(objects, 'Service', 'cache'), 'spec.ports')).toEqual([
      { name: 'grpc', port: 7000, targetPort: 7000 },
    ]);
  });

  it('has a volume for each folder, however alike their paths are', () => {
    const scratch = { '/a-b': 1, '/a/b': 2, '/data': 3 };
    const volume = { path: '/var/kept', sizeGi: 1 };
    const environments = [{ ...dev, budget: { ...dev.budget, storageGi: 1000 } }];
    const [file] = synthesize({ ...PLATFORM, environments, catalog: [...catalog, { ...CACHE, scratch, volume }] });
    const set = theOnly(file?.objects ?? [], 'StatefulSet', 'cache');
    expect(at(set, 'spec.template.spec.containers.0.volumeMounts')).toEqual([
      { name: 'a-b', mountPath: '/a-b' },
      { name: 'a-b-2', mountPath: '/a/b' },
      { name: 'data-2', mountPath: '/data' },
      { name: 'data', mountPath: volume.path },
    ]);
  });

  it('is probed in its own protocol, and by a connection where it says nothing', () => {
    expect(container('livenessProbe.grpc')).toEqual({ port: 7000 });
    const { probes: _, ...silent } = CACHE;
    const [file] = synthesize({ ...PLATFORM, catalog: [...catalog, silent] });
    const probed = at(
      theOnly(file?.objects ?? [], 'Deployment', 'cache'),
      'spec.template.spec.containers.0.readinessProbe',
    );
    expect(at(probed, 'tcpSocket')).toEqual({ port: 7000 });
  });

  it('stays alone where it says so, replaced by stopping the old pod first', () => {
    expect(at(deployment, 'spec.replicas')).toBe(1);
    expect(at(deployment, 'spec.strategy')).toEqual({ type: 'Recreate' });
    expect(at(deployment, 'metadata.annotations')).toMatchObject({ 'guardrails/accepted-outage': CACHE.singleton });
  });
});
