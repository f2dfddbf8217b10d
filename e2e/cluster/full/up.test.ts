import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../delivery/run.ts';
import { ROOT } from '../../../root.ts';
import { Cluster, prepare, required } from '../cluster.ts';
import { BIN, KUBECONFIG } from '../machine.ts';
import { record } from '../report.ts';

/** How each tool is called to load an archive, which is its third word, and what its contexts are called. */
const TOOLS = [
  { tool: 'kind', program: 'kind', context: 'kind-suite', loads: /^kind load image-archive \S+ --name suite$/m },
  { tool: 'k3d', program: 'k3d', context: 'k3d-suite', loads: /^k3d image import \S+ --cluster suite$/m },
  {
    tool: 'minikube',
    program: 'minikube',
    context: 'minikube',
    loads: /^minikube image load \S+ --profile minikube$/m,
  },
] as const;
/** Clusters whose nodes get the image in another way. */
const OTHERS = [
  { context: 'docker-desktop', options: [], says: 'cluster: docker-desktop (Docker Desktop)' },
  { context: 'mine', options: ['--any-context'], says: 'cluster: mine' },
] as const;

describe.skipIf(await required())('npm run up, with the command line of each tool', () => {
  const cluster = new Cluster();
  const folder = mkdtempSync(join(tmpdir(), 'up-'));
  const calls = join(folder, 'calls');
  beforeAll(async () => {
    await cluster.up(console.log);
    const { archives } = await prepare(() => {});
    const application = archives.find((file) => /quotes-platform_quotes/.test(file)) ?? '';
    stub('docker', `case "$1" in save) cp ${application} "$3";; esac`);
    await cluster.try('create', 'namespace', 'mine');
  }, 3_600_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A program that notes how it was called. */
  function stub(name: string, script: string): void {
    mkdirSync(join(folder, 'bin'), { recursive: true });
    const file = join(folder, 'bin', name);
    writeFileSync(file, `#!/bin/sh\necho ${name} "$@" >>${calls}\n${script}\n`);
    chmodSync(file, 0o755);
  }

  /** Runs a script of package.json with a context that is named as the tool names its own. */
  async function npm(context: string, script: 'up' | 'down', ...options: readonly string[]) {
    const config = JSON.parse(readFileSync(KUBECONFIG, 'utf8'));
    config.contexts[0].name = context;
    config['current-context'] = context;
    const file = join(folder, context);
    writeFileSync(file, JSON.stringify(config));
    const env = { KUBECONFIG: file, PATH: `${join(folder, 'bin')}:${BIN}:${process.env['PATH']}` };
    return await run('npm', ['run', '--silent', script, '--', ...options], { cwd: ROOT, env, timeoutMs: 500_000 });
  }

  async function bringsUp(context: string, options: readonly string[]): Promise<string> {
    const started = performance.now();
    const { code, stdout, stderr } = await npm(context, 'up', ...options);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^open http:\/\/localhost:\d+/m);
    expect(stdout).toContain('admin key: dev-admin-key');
    const ready = ['get', 'deployments', '-o', 'jsonpath={.items[*].status.readyReplicas}'];
    expect(await cluster.kubectl('-n', 'quotes-dev', ...ready)).toBe('1 1 1 1');
    record({ test: `npm run up, ${context}`, seconds: Math.round((performance.now() - started) / 1_000) });
    return stdout;
  }

  it.each(TOOLS)('says that $tool is missing', async ({ program, context }) => {
    const { code, stderr } = await npm(context, 'up');
    expect([code, stderr.trim()]).toEqual([1, `up: ${program} is not installed, or not on the PATH`]);
  });

  it.each(TOOLS)('brings dev up in a cluster of $tool', async ({ tool, program, context, loads }) => {
    // As the tool does, into every node.
    const imports = cluster.nodes.map(({ socket }) => `ctr -a ${socket} -n k8s.io images import $3 >/dev/null`);
    stub(program, imports.join(' && '));
    expect(await bringsUp(context, [])).toContain(`cluster: ${context} (${tool})`);
    expect(readFileSync(calls, 'utf8')).toMatch(loads);
  });

  it.each(OTHERS)('brings dev up in $context, and loads nothing', async ({ context, options, says }) => {
    writeFileSync(calls, '');
    expect(await bringsUp(context, options)).toContain(says);
    expect(readFileSync(calls, 'utf8')).not.toMatch(/^(?!docker (?:info|build))./m);
  });

  it('leaves a cluster alone that no tool has made, unless it is told to use it', async () => {
    const { code, stderr } = await npm('mine', 'up');
    expect([code, stderr]).toEqual([1, expect.stringContaining('add --any-context')]);
  });

  it('removes only what it brought, twice', async () => {
    for (const _ of ['first', 'second']) expect((await npm('kind-suite', 'down')).code).toBe(0);
    const namespaces = (await cluster.kubectl('get', 'namespaces', '-o', 'name')).split('\n');
    expect(namespaces).not.toContain('namespace/quotes-dev');
    expect(namespaces).toContain('namespace/mine');
  });
});
