import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, run } from '../delivery/run.ts';
import { eventually } from '../test/eventually.ts';
import { freePort } from '../test/real-redis.ts';
import { repositoryCopy } from '../test/repository-copy.ts';
import { requireProgram } from '../test/requires.ts';
import type { TemporaryRepository } from '../test/temporary-repository.ts';
import { Daemon } from './observability/daemon.ts';
import { LocalRegistry } from './registry.ts';

const registryProgram = requireProgram('docker-registry');
const cosign = requireProgram('cosign');
const prometheusProgram = requireProgram('prometheus');
const promtool = requireProgram('promtool');

const IMAGE = 'quotes-platform/quotes';
const HOUR = 3_600_000;
const NEVER_PUSHED = `sha256:${'a'.repeat(64)}`;

/** One history, told in order, with a real registry, real signatures, a real Prometheus, git, synthesis and guardrails. */
describe.skipIf(!registryProgram || !cosign || !prometheusProgram || !promtool)('promotions through a history', () => {
  let repository: TemporaryRepository;
  let registry: LocalRegistry;
  let prometheus: { readonly url: string; stop: () => Promise<void> };
  /** Digests in the registry, by tag. */
  const pushed: Record<string, string> = {};

  beforeAll(async () => {
    registry = await LocalRegistry.start(registryProgram ?? '');
    repository = repositoryCopy();
    await run(cosign ?? '', ['generate-key-pair'], { cwd: repository.root, env: { COSIGN_PASSWORD: '' } });
    repository.write({ '.git/info/exclude': 'node_modules\ncosign.key\nhistory\n' });
    const edits = [
      ['charts/project.ts', `'ghcr.io/${IMAGE}'`, `'${registry.host}/${IMAGE}'`],
      ['charts/environments/defaults.ts', /\{ kind: 'workflow',.*\}/, "{ kind: 'key', path: 'cosign.pub' }"],
    ] as const;
    for (const [path, from, to] of edits) repository.write({ [path]: textOf(path).replace(from, to) });
    expect((await npm('synth')).code).toBe(0);
    repository.commit({});
    for (const tag of ['1.0.1', '1.0.2', '1.0.3']) pushed[tag] = await registry.push(IMAGE, tag, tag);
    await sign('1.0.1');
    await sign('1.0.2');
    prometheus = await watched(repository.root);
  });
  afterAll(async () => {
    await prometheus?.stop();
    await registry?.stop();
    repository?.remove();
  });

  const environment = { PATH: `${dirname(cosign ?? '')}:${process.env['PATH']}` };
  const npm = (...args: string[]) =>
    run('npm', ['run', '--silent', ...args], { cwd: repository.root, env: environment });
  const promote = (...args: string[]) => npm('promote', '--', ...args, '--prometheus', prometheus.url);
  const changed = async () => (await repository.git.changes()).map((line) => line.slice(3)).sort();
  const textOf = (path: string) => readFileSync(join(repository.root, path), 'utf8');

  async function sign(tag: string): Promise<void> {
    const image = `${registry.host}/${IMAGE}@${pushed[tag]}`;
    const options = { cwd: repository.root, env: { COSIGN_PASSWORD: '' } };
    const key = ['--key', 'cosign.key', '--tlog-upload=false', '--yes'];
    repository.write({ 'history/provenance.json': JSON.stringify(PROVENANCE) });
    const attest = ['attest', '--type', 'slsaprovenance02', '--predicate', 'history/provenance.json'];
    for (const args of [['sign'], attest])
      expect(await run(cosign ?? '', [...args, ...key, image], options)).toMatchObject({ code: 0 });
  }

  async function refuses(attempt: Promise<Outcome>, message: string | RegExp): Promise<void> {
    const { code, stderr } = await attempt;
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
    expect(await changed()).toEqual([]);
  }

  it('refuses a digest that the registry does not have', () =>
    refuses(promote('staging', '--tag', '1.0.1', '--digest', NEVER_PUSHED), /the registry has no \S+@sha256:a{64}/));

  it('refuses a tag under the digest of another', () =>
    refuses(
      promote('staging', '--tag', '1.0.1', '--digest', pushed['1.0.2'] ?? ''),
      /:1\.0\.1 is sha256:\w+, and not/,
    ));

  it('refuses an image that nobody signed', () =>
    refuses(
      promote('staging', '--tag', '1.0.3', '--digest', pushed['1.0.3'] ?? ''),
      /no signature of .* by cosign\.pub[\s\S]*no provenance of/,
    ));

  it('puts a signed image into staging, and touches staging alone', async () => {
    const { code, stdout, stderr } = await promote('staging', '--tag', '1.0.1', '--digest', pushed['1.0.1'] ?? '');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('staging: 1.0.0 -> 1.0.1');
    expect(stdout).toContain('its signature is by cosign.pub\n- its provenance is by cosign.pub');
    expect(stdout).toContain(`quotes:1.0.0 -> ${registry.host}/${IMAGE}:1.0.1@${pushed['1.0.1']}`);
    expect(await changed()).toEqual(['.env.staging.example', 'charts/releases/staging.json', 'dist/staging.k8s.yaml']);
    committedAt(25, () => repository.commit({}));
  });

  it('tells a reviewer which pods will be replaced', async () => {
    const { stdout } = await npm('diff', '--', '--base', 'HEAD~1', '--markdown');
    for (const service of ['front', 'users', 'quotes', 'search'])
      expect(stdout).toContain(`kubectl -n quotes-staging rollout status deployment/${service}`);
  });

  it('refuses production what did not run in staging', () =>
    refuses(
      promote('production', '--tag', '1.0.2', '--digest', pushed['1.0.2'] ?? ''),
      /staging runs .*:1\.0\.1@.*, and not .*:1\.0\.2@/,
    ));

  it('refuses production while the objectives cannot be asked', () =>
    refuses(npm('promote', '--', 'production', '--from', 'staging'), 'give --prometheus or PROMETHEUS_URL'));

  it('gives production what staging runs, to the byte, and writes down what was proven', async () => {
    const report = join(repository.root, 'history/report');
    const { stderr } = await promote('production', '--from', 'staging', '--report', report);
    expect(stderr).toBe('');
    expect(textOf('charts/releases/production.json')).toBe(textOf('charts/releases/staging.json'));
    expect(textOf('dist/production.k8s.yaml')).toContain(`:1.0.1@${pushed['1.0.1']}`);
    expect(readFileSync(report, 'utf8')).toMatch(
      /staging has run it since .*, 25 h\n- quotes-staging kept 1 promises through the last 24 h/,
    );
    repository.commit({});
  });

  it('refuses production a version under which staging broke its objectives', async () => {
    await promote('staging', '--tag', '1.0.2', '--digest', pushed['1.0.2'] ?? '');
    committedAt(25, () => repository.commit({}));
    await prometheus.stop();
    prometheus = await watched(repository.root, { version: '1.0.2', bad: 0.01 });
    await refuses(
      promote('production', '--from', 'staging'),
      'the objectives of quotes-staging are not kept: quotes/availability was 99 %, promised 99.9 %',
    );
  });

  it('takes it in an emergency, with the reason in the commit', async () => {
    const report = join(repository.root, 'history/report');
    const reason = 'logins fail for everyone, decided by the incident lead';
    const { stderr } = await promote('production', '--from', 'staging', '--emergency', reason, '--report', report);
    expect(stderr).toBe('');
    expect(readFileSync(report, 'utf8')).toContain(`EMERGENCY, staging passed over: ${reason}`);
    repository.commit({});
  });

  it('goes back to what ran there, when it is told to', async () => {
    const back = ['production', '--tag', '1.0.1', '--digest', pushed['1.0.1'] ?? ''];
    await refuses(promote(...back), '1.0.1 is older than 1.0.2');
    const { stderr } = await promote(...back, '--backwards');
    expect(stderr).toBe('');
    repository.commit({});
  });

  it('changes nothing when the platform does not hold together', async () => {
    const path = 'charts/environments/staging.ts';
    repository.commit({ [path]: textOf(path).replace('maxReplicas: 5', 'maxReplicas: 2_000') });
    await refuses(
      promote('staging', '--tag', '1.0.1', '--digest', pushed['1.0.1'] ?? '', '--backwards'),
      'synthesis refused the release, nothing was changed',
    );
  });

  function committedAt(hoursAgo: number, commit: () => void): void {
    process.env['GIT_COMMITTER_DATE'] = new Date(Date.now() - hoursAgo * HOUR).toISOString();
    commit();
    delete process.env['GIT_COMMITTER_DATE'];
  }
});

/** As BuildKit writes it, without what nobody asks. */
const PROVENANCE = {
  builder: { id: '' },
  buildType: 'https://mobyproject.org/buildkit@v1',
  invocation: { configSource: {}, parameters: {}, environment: {} },
};

/** A real Prometheus that remembers a day of staging: a sample of each series every five minutes. */
async function watched(root: string, { version = '1.0.1', bad = 0.0001 } = {}) {
  const end = Math.floor(Date.now() / 1_000);
  const times = Array.from({ length: 12 * 25 }, (_, index) => end - 300 * (12 * 25 - 1 - index));
  const series: readonly (readonly [string, (index: number) => number])[] = [
    [`app_info{namespace="quotes-staging",service="quotes",version="${version}"}`, () => 1],
    ['http_requests_total{namespace="quotes-staging",service="quotes"}', (index) => index * 300],
    ...(['slo:requests:rate5m', 'slo:requests_bad:rate5m', 'slo:objective:ratio'] as const).map((name, which) => {
      const value = [1, bad, 0.999][which] ?? 0;
      return [`${name}{namespace="quotes-staging",service="quotes",slo="availability"}`, () => value] as const;
    }),
  ];
  const lines = series.flatMap(([name, value]) => times.map((time, index) => `${name} ${value(index)} ${time}`));
  const folder = mkdtempSync(join(root, 'history/prometheus-'));
  writeFileSync(join(folder, 'openmetrics'), `${lines.join('\n')}\n# EOF\n`);
  writeFileSync(join(folder, 'prometheus.yml'), '{}\n');
  const data = join(folder, 'data');
  const imported = await run(promtool ?? '', ['tsdb', 'create-blocks-from', 'openmetrics', 'openmetrics', data], {
    cwd: folder,
  });
  expect(imported, imported.stderr).toMatchObject({ code: 0 });
  const url = `http://127.0.0.1:${await freePort()}`;
  const daemon = new Daemon(prometheusProgram ?? '', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=${url.slice(7)}`,
  ]);
  await eventually(async () => expect((await fetch(`${url}/-/ready`)).status).toBe(200), { withinMs: 30_000 });
  return { url, stop: () => daemon.stop() };
}
