import { loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { environments } from '../../charts/environments/all.ts';
import { dev } from '../../charts/environments/dev.ts';
import { isRecord } from '../../guardrails/field.ts';
import { planOf } from '../../test/platform.ts';
import { type Recording, recordedCluster } from '../../test/recorded-cluster.ts';
import { needsOf } from './checks.ts';
import { applyAndProve, dryRun } from './cluster-test.ts';
import { type Connection, connectionsOf } from './connections.ts';
import { Kubectl } from './kubectl.ts';

const PLAN = planOf(dev);
const ROOT = `${import.meta.dirname}/../..`;

async function needs(name: string) {
  const environment = environments.find((candidate) => candidate.name === name);
  if (environment === undefined) throw new Error(name);
  return needsOf(ROOT, environment);
}

async function dryRunning(recording: Recording, name = 'dev') {
  const { run, asked } = recordedCluster(recording);
  const problems = await dryRun(new Kubectl(run, ROOT), await needs(name), () => {});
  return { problems, sent: asked.find(({ args }) => args.includes('--dry-run=server'))?.input ?? '' };
}

/** exec prints what connects; by default exactly what the catalog allows, as an enforcing cluster behaves. */
async function proving(recording: Recording, connects = ({ allowed }: Connection) => allowed, name = 'dev') {
  const { run, asked } = recordedCluster({ lists: { pods: [] }, ...recording });
  const playing: typeof run = async (program, args, options) => {
    if (!args.includes('exec')) return run(program, args, options);
    asked.push({ args: args.join(' '), input: '' });
    const own = connectionsOf(PLAN).filter(({ from }) => args.includes(`deployment/${from}`));
    const connected = own.filter(connects).map(({ to, port }) => `${to}:${port}\n`);
    return { code: 0, stdout: connected.join(''), stderr: '' };
  };
  const problems = await applyAndProve(new Kubectl(playing, ROOT), {
    needs: await needs(name),
    plan: PLAN,
    prefix: 'trial',
    report: () => {},
  });
  return { problems, asked };
}

describe('the dry run', () => {
  it('sends every object of the environment to the API server', async () => {
    const { problems, sent } = await dryRunning({ lists: { namespaces: [dev.namespace] } });
    expect(problems).toEqual([]);
    expect(loadAll(sent)).toHaveLength((await needs('dev')).objects.length);
  });

  it('tries objects of a namespace that does not exist yet in default', async () => {
    const { sent } = await dryRunning({ lists: { namespaces: ['default'] } });
    const namespaces = loadAll(sent)
      .filter(isRecord)
      .map(({ metadata }) => (isRecord(metadata) ? metadata['namespace'] : ''));
    expect(new Set(namespaces)).toEqual(new Set([undefined, 'default']));
  });

  it('leaves kinds that need an operator to the doctor', async () => {
    const stderr =
      'error: resource mapping not found for name: "x": no matches for kind "Issuer" in version "cert-manager.io/v1"\nensure CRDs are installed first\n';
    const { problems } = await dryRunning({
      lists: { namespaces: [] },
      others: { '--dry-run=server': { code: 1, stderr } },
    });
    expect(problems).toEqual([]);
  });

  it('reports every refusal, and not the warnings', async () => {
    const stderr =
      'Warning: would violate PodSecurity\nThe Deployment "users" is invalid: spec.selector\nError from server (Forbidden)\n';
    const { problems } = await dryRunning({
      lists: { namespaces: [] },
      others: { '--dry-run=server': { code: 1, stderr } },
    });
    expect(problems).toEqual(['The Deployment "users" is invalid: spec.selector', 'Error from server (Forbidden)']);
  });
});

describe('the connections of the catalog', () => {
  it('are allowed where a service calls another, and denied everywhere else', () => {
    const connections = connectionsOf(PLAN);
    const allowed = connections
      .filter((connection) => connection.allowed)
      .map(({ from, to, port }) => `${from}->${to}:${port}`);
    expect(allowed).toContain('front->users:80');
    expect(allowed).toContain('quotes->redis:6379');
    expect(allowed).not.toContain('users->search:80');
    // Each of ours with every other service and with the store.
    const ours = PLAN.catalog.filter(({ image }) => image === undefined);
    expect(connections).toHaveLength(ours.length * PLAN.catalog.length);
  });
});

describe('the copy of an environment', () => {
  it('holds where everything rolls out and policies are enforced', async () => {
    expect((await proving({})).problems).toEqual([]);
  });

  it('never touches a name of the real environment', async () => {
    const { asked } = await proving({});
    const applied = asked.find(({ args }) => args.startsWith('kubectl apply'))?.input ?? '';
    expect(applied).not.toMatch(new RegExp(`(?<!trial-)${dev.namespace}`));
    expect(applied).not.toMatch(/nodePort:|kind: Ingress/);
  });

  it('is removed even when nothing works', async () => {
    const { asked, problems } = await proving({ others: { 'apply --server-side': { code: 1, stderr: 'forbidden' } } });
    expect(problems).toEqual(['the copy does not apply: forbidden']);
    expect(asked.at(-1)?.args).toMatch(new RegExp(`^kubectl delete namespace/trial-${dev.namespace}`));
  });

  it('fails where the network plugin ignores policies', async () => {
    const { problems } = await proving({}, () => true);
    expect(problems).toContain(
      'users -> search:80 is not declared and connects: the network plugin does not enforce policies',
    );
  });

  it('fails where a declared connection does not open', async () => {
    const { problems } = await proving({}, () => false);
    expect(problems).toContain('quotes -> redis:6379 is declared and does not connect');
  });

  it('fails where a rollout does not finish, and where a pod was restarted', async () => {
    const stuck = await proving({ others: { 'rollout status deployment/users': { code: 1, stderr: 'timed out' } } });
    expect(stuck.problems).toEqual(['deployment/users does not become ready: timed out']);
    const pods = [{ metadata: { name: 'users-1' }, status: { containerStatuses: [{ restartCount: 2 }] } }];
    expect((await proving({ lists: { pods } })).problems).toEqual(['pod users-1 was restarted 2 times']);
  });

  it('refuses an environment whose secrets are elsewhere', async () => {
    expect((await proving({}, undefined, 'production')).problems[0]).toContain('takes its secrets from a store');
  });
});
