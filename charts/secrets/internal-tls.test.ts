import { describe, expect, it } from 'vitest';
import { at, theOnly } from '../../test/manifests.ts';
import { PLATFORM, platformWith } from '../../test/platform.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import type { Environment } from '../plan/environment.ts';
import { certificateSecret, speaksTls } from '../plan/internal-tls.ts';
import type { Manifest } from '../plan/part.ts';
import { environmentProblems } from '../plan/problems.ts';
import type { ServiceSpec } from '../plan/service-spec.ts';
import { synthesize } from '../synthesize.ts';

const internalTls = { certificateDays: 90 };
const ENCRYPTED: Environment = { ...production, internalTls };

function objectsOf(environment: Environment): Manifest[] {
  return synthesize(platformWith(environment))
    .filter(({ path }) => path.endsWith(`${environment.name}.k8s.yaml`))
    .flatMap(({ objects }) => objects);
}

/** Somebody else's image is called as it listens. */
const speaking = PLATFORM.catalog.filter((spec) => speaksTls(spec, ENCRYPTED)).map(({ name }) => name);
const objects = objectsOf(ENCRYPTED);
const ofKind = (kind: string) => objects.filter((object) => at(object, 'kind') === kind);
const leaves = ofKind('Certificate').filter((found) => JSON.stringify(found).includes('"name":"internal-authority"'));
const leafNames = leaves
  .filter((found) => at(found, 'spec.isCA') !== true)
  .map((found) => String(at(found, 'metadata.name')));

describe('TLS inside an environment', () => {
  it('is not there unless it is asked for', () => {
    const plain = JSON.stringify(objectsOf(production));
    for (const word of [
      'internal-authority',
      'ServersTransport',
      'TLS_DIR":',
      'REDIS_TLS',
      '"tls.sh":',
      '/run/secrets/tls"',
    ])
      expect(plain, word).not.toContain(word);
  });

  it('gives a certificate to the edge, each service, the servers, the Sentinels and both jobs', () => {
    expect(leafNames.sort()).toEqual(
      ['edge', ...speaking, 'redis', 'redis-sentinel', 'redis-backup', 'redis-restore'].sort(),
    );
  });

  it('mounts into each pod its own certificate and nobody else’s', () => {
    for (const object of ['Deployment', 'StatefulSet', 'CronJob'].flatMap(ofKind)) {
      const name = String(at(object, 'metadata.name'));
      const mounted = leafNames.filter((leaf) =>
        JSON.stringify(object).includes(`"name":"${certificateSecret(leaf)}"`),
      );
      expect(mounted, name).toEqual(leafNames.includes(name) ? [name] : []);
    }
  });

  it('lets a certificate be valid for the names by which it is called, and for both ends of a connection', () => {
    const spec = (name: string) => at(theOnly(objects, 'Certificate', name), 'spec');
    expect(at(spec('quotes'), 'dnsNames')).toContain('quotes');
    expect(at(spec('redis'), 'dnsNames')).toEqual([
      'redis',
      'redis-0.redis',
      'redis-1.redis',
      'redis-2.redis',
      'localhost',
    ]);
    for (const name of leafNames) {
      expect(at(spec(name), 'usages')).toEqual(expect.arrayContaining(['server auth', 'client auth']));
      expect(at(spec(name), 'duration')).toBe('2160h');
      expect(at(spec(name), 'privateKey.rotationPolicy')).toBe('Always');
    }
  });

  it('has an authority of its own in the namespace, whose key outlives its renewal', () => {
    expect(at(theOnly(objects, 'Certificate', 'internal-authority'), 'spec')).toMatchObject({
      isCA: true,
      privateKey: { rotationPolicy: 'Never' },
    });
    expect(new Set(leaves.map((found) => at(found, 'metadata.namespace')))).toEqual(new Set([production.namespace]));
  });

  it('tells services where to call, what to show, and that the store asks for it', () => {
    const data = (name: string) => at(theOnly(objects, 'ConfigMap', name), 'data');
    expect(data('front')).toMatchObject({
      QUOTES_URL: 'https://quotes:80',
      TLS_DIR: '/run/secrets/tls',
      REDIS_TLS: 'true',
    });
    for (const name of ['redis', 'redis-sentinel', 'redis-backup'])
      expect(at(theOnly(objects, 'ConfigMap', name), 'data')).toHaveProperty(['tls.sh']);
  });

  it('leaves probes and scrapes as they are', () => {
    const probes = (found: readonly Manifest[]) =>
      at(theOnly(found, 'Deployment', 'quotes'), 'spec.template.spec.containers.0.readinessProbe');
    expect(probes(objects)).toEqual(probes(objectsOf(production)));
  });

  it('has the edge show its certificate, and accept each service by its own name alone', () => {
    for (const name of speaking) {
      expect(at(theOnly(objects, 'Service', name), 'metadata.annotations')).toMatchObject({
        'traefik.ingress.kubernetes.io/service.serversscheme': 'https',
        'traefik.ingress.kubernetes.io/service.serverstransport': `${production.namespace}-${name}@kubernetescrd`,
      });
      expect(at(theOnly(objects, 'ServersTransport', name), 'spec')).toEqual({
        serverName: name,
        rootCAs: [{ secret: 'edge-certificate' }],
        certificatesSecrets: ['edge-certificate'],
      });
    }
  });

  it('shows the certificate to the exporter beside a server, and not to restic', () => {
    const [, exporter] = [at(theOnly(objects, 'StatefulSet', 'redis'), 'spec.template.spec.containers')].flat();
    expect(at(exporter, 'args')).toContain('--redis.addr=rediss://localhost:6379');
    expect(at(exporter, 'volumeMounts')).toEqual([
      { name: 'certificate', mountPath: '/run/secrets/tls', readOnly: true },
    ]);
    const job = theOnly(objects, 'CronJob', 'redis-backup');
    const steps = [at(job, 'spec.jobTemplate.spec.template.spec.initContainers')].flat();
    const seeing = steps
      .filter((step) => JSON.stringify(step).includes('/run/secrets/tls'))
      .map((step) => at(step, 'name'));
    expect(seeing).toEqual(['dump', 'verify']);
  });
});

describe('TLS inside that could not work is told', () => {
  const problems = (environment: Environment, catalog = PLATFORM.catalog) =>
    environmentProblems({ ...PLATFORM, catalog }, environment).filter((problem) => problem.includes('internalTls'));

  it('but not where it can', () => {
    expect(problems(ENCRYPTED)).toEqual([]);
  });

  it('when the edge has no certificate to show', () => {
    const gateway = problems({ ...ENCRYPTED, edge: { ...production.edge, exposure: 'gateway' } });
    expect(gateway.join()).toContain("use an 'ingress' of class 'traefik'");
    expect(problems({ ...dev, internalTls }).join()).toContain(
      'nobody who comes by edge.nodePort 30080 has a certificate',
    );
  });

  it('when a service that speaks plain text calls one that asks for a certificate, or the store', () => {
    const plain: ServiceSpec = {
      name: 'reader',
      description: 'Somebody else’s',
      image: 'registry.example.com/reader:1.0.0',
      ports: { http: 8000 },
      connections: [
        { to: 'quotes', env: 'QUOTES' },
        { to: 'redis', rights: { quotes: 'follow' } },
      ],
    };
    const found = problems(ENCRYPTED, [...PLATFORM.catalog, plain]).join('\n');
    expect(found).toContain('reader calls quotes and has no tlsDir');
    expect(found).toContain('reader calls redis and has no tlsDir');
  });
});
