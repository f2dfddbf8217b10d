import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Kubectl } from '../cluster/kubectl.ts';
import { BUILDERS, type Builder, findBuilder } from '../image/builder.ts';
import { NOT_FOUND, type Outcome, type Run, run } from '../run.ts';
import { down, up } from './up.ts';

const ROOT = join(import.meta.dirname, '../..');
const REPOSITORY = 'registry.example/app';

const deployment = (image: string) => ({
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'app-dev' },
  spec: { template: { spec: { containers: [{ image }], volumes: [{ secret: { secretName: 'admin-key' } }] } } },
});
const service = {
  kind: 'Service',
  metadata: { name: 'web', namespace: 'app-dev' },
  spec: { ports: [{ nodePort: 30080 }] },
};
const secret = { kind: 'Secret', metadata: { name: 'admin-key', namespace: 'app-dev' } };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'up-'));
  mkdirSync(join(root, 'dist'));
  write('dev', [deployment(`${REPOSITORY}:1.0.0`), service, secret]);
});
afterEach(() => rmSync(root, { recursive: true }));

function write(environment: string, objects: readonly unknown[]): void {
  const documents = objects.map((object) => `---\n${dump(object)}`);
  writeFileSync(join(root, 'dist', `${environment}.k8s.yaml`), documents.join(''));
}

interface World {
  readonly context: string;
  /** Programs that this machine lacks. */
  readonly lacks?: readonly string[];
  /** What a command line that begins so answers. */
  readonly answers?: Readonly<Record<string, Partial<Outcome>>>;
  readonly builder?: Builder;
  /** Whether the person at the terminal agrees to what is asked. */
  readonly agrees?: boolean;
}

/** A machine of which only the command lines are real. */
function machine({ context, lacks = [], answers = {}, builder = findBuilder(() => true), agrees = false }: World) {
  const commands: string[] = [];
  const report: string[] = [];
  const key = Buffer.from('dev-admin-key').toString('base64');
  const usual: Record<string, Partial<Outcome>> = {
    'kubectl config current-context': { stdout: `${context}\n` },
    'kubectl --namespace app-dev get secret': { stdout: key },
  };
  const run: Run = async (program, args) => {
    const line = [program, ...args].join(' ');
    if (lacks.includes(program)) return { code: NOT_FOUND, stdout: '', stderr: '' };
    if (!/config current-context| version( |$)|get ingressclass|get --raw/.test(line)) commands.push(line);
    const answer = Object.entries({ ...usual, ...answers }).find(([start]) => line.startsWith(start))?.[1];
    return { code: 0, stdout: '', stderr: '', ...answer };
  };
  const tools = {
    run,
    kubectl: new Kubectl(run, root),
    findBuilder: () => builder,
    report: (line: string) => report.push(line),
    consent: async () => agrees,
  };
  const options = {
    root,
    environment: 'dev',
    repository: REPOSITORY,
    adminKey: { secret: 'admin-key', key: 'admin-key' },
    entrance: 'web',
    anyContext: false,
  };
  return { commands, report, tools, options };
}

describe('npm run up', () => {
  it.each([
    ['kind-demo', /^kind load image-archive \S+image\.tar --name demo$/],
    ['k3d-demo', /^k3d image import \S+image\.tar --cluster demo$/],
    ['minikube', /^minikube image load \S+image\.tar --profile minikube$/],
  ])('builds the image that dist/ names, loads it into %s, applies and waits', async (context, load) => {
    const { commands, tools, options } = machine({ context });
    await up(options, tools);
    expect(commands).toEqual([
      'npm run --silent image -- --env dev',
      expect.stringMatching(/^docker save --output \S+ registry\.example\/app:1\.0\.0$/),
      expect.stringMatching(load),
      'kubectl apply --filename dist/dev.k8s.yaml',
      'kubectl --namespace app-dev rollout status deployment/web --timeout=300s',
      expect.stringContaining('get secret admin-key'),
    ]);
  });

  it('saves the image as the builder of this machine does', async () => {
    const builder = BUILDERS.find(({ name }) => name === 'buildah');
    const { commands, tools, options } = machine({ context: 'kind-demo', ...(builder && { builder }) });
    await up(options, tools);
    expect(commands[1]).toMatch(/^buildah push registry\.example\/app:1\.0\.0 docker-archive:/);
  });

  it('ends with the address and the admin key', async () => {
    const { report, tools, options } = machine({ context: 'kind-demo' });
    await up(options, tools);
    expect(report.slice(-2)).toEqual([
      'open http://localhost:8080 after: kubectl --namespace app-dev port-forward service/web 8080:80',
      'admin key: dev-admin-key',
    ]);
    const desktop = machine({ context: 'docker-desktop' });
    await up(desktop.options, desktop.tools);
    expect(desktop.report).toContain('open http://localhost:30080');
    expect(desktop.commands.filter((line) => /^(?:docker save|kind|k3d|minikube)/.test(line))).toEqual([]);
  });

  describe('in a cluster without what the environment expects', () => {
    const gone = { code: 1, stderr: 'Error from server (NotFound): the server could not find the requested resource' };
    const answers = { 'kubectl get ingressclass traefik': gone, 'kubectl get --raw /apis/metrics': gone };
    const metrics = 'https://github.com/kubernetes-sigs/metrics-server/releases/download/v0.8.0/components.yaml';
    beforeEach(() => {
      const ingress = { kind: 'Ingress', metadata: { name: 'web' }, spec: { ingressClassName: 'traefik' } };
      const autoscaler = { kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' }, spec: {} };
      write('dev', [deployment(`${REPOSITORY}:1.0.0@sha256:${'a'.repeat(64)}`), service, secret, ingress, autoscaler]);
    });

    it.each([
      ['kind-demo', [`kubectl apply --filename ${metrics}`, expect.stringContaining('--kubelet-insecure-tls')]],
      ['minikube', ['minikube addons enable metrics-server --profile minikube']],
      ['mine', [`kubectl apply --filename ${metrics}`]],
    ])('installs it in %s with consent, before it applies', async (context, installed) => {
      const { commands, tools, options } = machine({ context, answers, agrees: true });
      await up({ ...options, anyContext: true }, tools);
      expect(commands.slice(0, -2)).toEqual([
        expect.stringMatching(
          /^helm upgrade --install traefik traefik --repo (?!.* --wait).* --set image\.tag=v3\.\d+\.\d+$/,
        ),
        ...installed,
        'kubectl apply --filename dist/dev.k8s.yaml',
      ]);
    });

    it('says what it would install, and goes on without it where nobody agrees', async () => {
      const { commands, report, tools, options } = machine({ context: 'kind-demo', answers });
      await up(options, tools);
      expect(commands[0]).toBe('kubectl apply --filename dist/dev.k8s.yaml');
      expect(report.join('\n')).toMatch(
        /no Traefik: without it .*\n {2}helm upgrade.*metrics-server is left out; repeat with --yes/s,
      );
    });

    it('installs nothing that is there', async () => {
      const { commands, report, tools, options } = machine({ context: 'kind-demo', agrees: true });
      await up(options, tools);
      expect(commands[0]).toBe('kubectl apply --filename dist/dev.k8s.yaml');
      expect(report.join('\n')).not.toContain('Traefik');
    });

    it('installs nothing that it may not look for', async () => {
      const refused = { code: 1, stderr: 'Error from server (Forbidden): ingressclasses "traefik" is forbidden' };
      const forbidden = { 'kubectl get ingressclass traefik': refused };
      const { commands, report, tools, options } = machine({ context: 'mine', answers: forbidden, agrees: true });
      await up({ ...options, anyContext: true }, tools);
      expect(commands[0]).toBe('kubectl apply --filename dist/dev.k8s.yaml');
      expect(report.join('\n')).toMatch(/whether this cluster has Traefik cannot be told, .*: .* is forbidden/);
    });

    it('says which program an installation needs', async () => {
      const { tools, options } = machine({ context: 'kind-demo', answers, agrees: true, lacks: ['helm'] });
      await expect(up(options, tools)).rejects.toThrow('helm is not installed, or not on the PATH');
    });
  });

  it('builds nothing for an image that goes by digest', async () => {
    write('dev', [deployment(`${REPOSITORY}:1.0.0@sha256:${'a'.repeat(64)}`), service, secret]);
    const { commands, tools, options } = machine({ context: 'kind-demo' });
    await up(options, tools);
    expect(commands[0]).toBe('kubectl apply --filename dist/dev.k8s.yaml');
  });

  it.each([
    ['no kubectl', { context: '', lacks: ['kubectl'] }, 'kubectl is not installed'],
    ['no context', { context: '' }, 'make a cluster first: kind create cluster'],
    ['a cluster that is not of this machine', { context: 'company-production' }, 'add --any-context'],
    ['a tool that is missing', { context: 'kind-demo', lacks: ['kind'] }, 'kind is not installed'],
    [
      'an API server that rejects the file',
      { context: 'kind-demo', answers: { 'kubectl apply': { code: 1, stderr: 'forbidden' } } },
      'forbidden',
    ],
  ] satisfies readonly (readonly [string, World, string])[])(
    'says what to do about %s',
    async (_name, world, message) => {
      const { commands, tools, options } = machine(world);
      await expect(up(options, tools)).rejects.toThrow(message);
      // Minutes of building would be lost.
      if ('lacks' in world) expect(commands).toEqual([]);
    },
  );

  it('changes nothing where the secrets are in a vault, or dist/ has no such environment', async () => {
    write('staging', [deployment(`${REPOSITORY}:1.0.0`), service]);
    const { commands, tools, options } = machine({ context: 'kind-demo' });
    await expect(up({ ...options, environment: 'staging' }, tools)).rejects.toThrow(
      'expects secrets from a vault (admin-key)',
    );
    await expect(up({ ...options, environment: 'qa' }, tools)).rejects.toThrow('dist/qa.k8s.yaml cannot be read');
    expect(commands).toEqual([]);
  });
});

describe('npm run down', () => {
  it('removes what the file declares, and nothing else', async () => {
    const { commands, tools, options } = machine({ context: 'kind-demo' });
    await down(options, tools);
    expect(commands).toEqual(['kubectl delete --ignore-not-found --filename dist/dev.k8s.yaml']);
  });

  it('removes nothing where another environment was named without --env', async () => {
    const cli = ['--import', 'tsx', 'delivery/up/cli.ts', 'down', 'staging'];
    // Without a PATH there is no kubectl, whatever happens.
    const { code, stderr } = await run(process.execPath, cli, { cwd: ROOT, env: { PATH: '' } });
    expect(stderr).toContain("'staging' would be passed over; name an environment with --env");
    expect(code).toBe(2);
  });
});
