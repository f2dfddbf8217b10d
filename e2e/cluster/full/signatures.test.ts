import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { dump } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RELEASE_WORKFLOW } from '../../../charts/environments/defaults.ts';
import { production } from '../../../charts/environments/production.ts';
import type { Promotion } from '../../../charts/plan/environment.ts';
import { synthesize } from '../../../charts/synthesize.ts';
import { run } from '../../../delivery/run.ts';
import { ROOT } from '../../../root.ts';
import { platformWith } from '../../../test/platform.ts';
import { requireProgram } from '../../../test/requires.ts';
import { LocalRegistry } from '../../registry.ts';
import { build } from '../programs.ts';

const cosign = requireProgram('cosign');
const registryProgram = requireProgram('docker-registry');
const KYVERNO = { module: 'github.com/kyverno/kyverno', version: 'v1.19.1', packages: ['cmd/cli/kubectl-kyverno'] };
const TESTER = { module: 'github.com/sigstore/policy-controller', version: 'v0.13.1', packages: ['cmd/tester'] };
const IMAGE = 'quotes-platform/quotes';
const HOUR_MS = 3_600_000;
const KINDS = { kyverno: 'Policy', 'policy-controller': 'ClusterImagePolicy' } as const;

/** The policies of the addons, asked of the controllers' own programs about images in a real registry that cosign signed, or did not. */
describe.skipIf(!cosign || !registryProgram)('the policy for signatures', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signatures-'));
  let registry: LocalRegistry;
  let tester: string;
  let kyverno: string;
  const pushed: Record<string, string> = {};

  beforeAll(async () => {
    tester = await build(TESTER, 'cmd/tester');
    kyverno = await build(KYVERNO, 'cmd/cli/kubectl-kyverno');
    registry = await LocalRegistry.start(registryProgram ?? '');
    for (const name of ['ours', 'stranger']) {
      const prefix = ['--output-key-prefix', join(folder, name)];
      expect(await inFolder(cosign ?? '', ['generate-key-pair', ...prefix])).toMatchObject({ code: 0 });
    }
    for (const tag of ['signed', 'strange', 'unsigned']) pushed[tag] = await registry.push(IMAGE, tag, tag);
    await sign('signed', 'ours');
    await sign('strange', 'stranger');
  }, HOUR_MS);
  afterAll(async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const inFolder = (program: string, args: readonly string[]) =>
    run(program, args, { cwd: folder, env: { COSIGN_PASSWORD: '' }, timeoutMs: 120_000 });
  const imageOf = (tag: string) => `${registry.host}/${IMAGE}@${pushed[tag]}`;

  async function sign(tag: string, key: string): Promise<void> {
    const args = ['sign', '--key', join(folder, `${key}.key`), '--tlog-upload=false', '--yes', imageOf(tag)];
    expect(await inFolder(cosign ?? '', args)).toMatchObject({ code: 0 });
  }

  /** The policy of production's addons, for a project whose images are in the registry of this test. */
  function policyFile(
    admission: NonNullable<Promotion['admission']>,
    signer: Promotion['signer'] = { kind: 'key', path: relative(ROOT, join(folder, 'ours.pub')) },
  ): string {
    const promotion = { signer, after: null, admission };
    const platform = platformWith({ ...production, promotion });
    const project = { ...platform.project, image: `${registry.host}/${IMAGE}` };
    const files = synthesize({ ...platform, project });
    const addons = files.find(({ path }) => path === 'addons/production.k8s.yaml')?.objects ?? [];
    const file = join(folder, 'policy.yaml');
    writeFileSync(file, dump(addons.find((object) => object['kind'] === KINDS[admission])));
    return file;
  }

  it.each([
    ['signed', 0],
    ['strange', 1],
    ['unsigned', 1],
  ])('by policy-controller itself: an image that is %s ends with %d', async (tag, code) => {
    const verdict = await inFolder(tester, ['--policy', policyFile('policy-controller'), '--image', imageOf(tag)]);
    expect(verdict, verdict.stderr).toMatchObject({ code });
  });

  it('is valid for policy-controller where the release workflow signs, too', async () => {
    const args = ['--policy', policyFile('policy-controller', RELEASE_WORKFLOW), '--image', imageOf('unsigned')];
    const { stderr } = await inFolder(tester, args);
    expect(stderr).toContain('Policy was successfully validated');
  });

  it.each([
    ['signed', 0],
    ['strange', 1],
    ['unsigned', 1],
  ])('by Kyverno itself: a pod whose image is %s ends with %d', async (tag, code) => {
    const pod = join(folder, 'pod.yaml');
    const metadata = { name: 'quotes', namespace: production.namespace };
    const spec = { containers: [{ name: 'quotes', image: imageOf(tag) }] };
    writeFileSync(pod, dump({ apiVersion: 'v1', kind: 'Pod', metadata, spec }));
    const verdict = await inFolder(kyverno, ['apply', policyFile('kyverno'), '--resource', pod, '--registry']);
    expect(verdict, verdict.stdout + verdict.stderr).toMatchObject({ code });
  });
});
