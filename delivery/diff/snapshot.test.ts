import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dev } from '../../charts/environments/dev.ts';
import { production } from '../../charts/environments/production.ts';
import { staging } from '../../charts/environments/staging.ts';
import { project } from '../../charts/project.ts';
import { TemporaryRepository } from '../../test/temporary-repository.ts';
import { run } from '../run.ts';
import { renderConsole } from './render.ts';
import { reportOf } from './report.ts';
import { againstCluster, betweenEnvironments, sinceRevision } from './snapshot.ts';

let repository: TemporaryRepository;
beforeEach(() => {
  repository = new TemporaryRepository();
});
afterEach(() => repository.remove());

const config = (name: string, namespace: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${namespace} }\ndata: { value: ${value} }\n`;
const claim = (name: string) =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: ${name}, namespace: a }\nspec: { resources: { requests: { storage: 1Gi } } }\n`;

describe('the diff since a revision', () => {
  it('tells a claim that was deleted two commits ago', async () => {
    const first = repository.commit({ 'dist/a.k8s.yaml': `${config('one', 'a', '1')}---\n${claim('data')}` });
    repository.commit({ 'dist/a.k8s.yaml': config('one', 'a', '1') });
    repository.commit({ 'readme.txt': 'x' });
    const report = reportOf(await sinceRevision(repository.git, first));
    expect(report.removed).toEqual(['PersistentVolumeClaim a/data (dist/a.k8s.yaml)']);
    expect(report.risks[0]?.level).toBe('danger');
    expect(report.title).toBe(`dist/ since ${first.slice(0, 8)}`);
  });

  it('sees files that are not committed yet, and files that are gone', async () => {
    repository.commit({ 'dist/a.k8s.yaml': config('one', 'a', '1'), 'dist/b.k8s.yaml': config('two', 'b', '1') });
    repository.write({ 'dist/b.k8s.yaml': null, 'dist/addons/c.k8s.yaml': config('three', 'c', '1') });
    const report = reportOf(await sinceRevision(repository.git, 'HEAD'));
    expect(report.added).toEqual(['ConfigMap c/three (dist/addons/c.k8s.yaml)']);
    expect(report.removed).toEqual(['ConfigMap b/two (dist/b.k8s.yaml)']);
  });

  it('does not mind an object that moves to another file', async () => {
    repository.commit({ 'dist/a.k8s.yaml': config('one', 'a', '1') });
    repository.write({ 'dist/a.k8s.yaml': null, 'dist/b.k8s.yaml': config('one', 'a', '1') });
    expect(reportOf(await sinceRevision(repository.git, 'HEAD')).summary).toContain('no object changes');
  });

  it('calls everything new where the revision has no dist/ yet', async () => {
    const first = repository.commit({ 'readme.txt': 'x' });
    repository.commit({ 'dist/a.k8s.yaml': config('one', 'a', '1') });
    expect(reportOf(await sinceRevision(repository.git, first)).added).toHaveLength(1);
  });

  it('names a revision that git does not know', async () => {
    repository.commit({ 'readme.txt': 'x' });
    await expect(sinceRevision(repository.git, 'nowhere')).rejects.toThrow("git knows no revision 'nowhere'");
  });
});

describe('the comparison of two environments', () => {
  it('shows values that differ, and not the names that must', async () => {
    repository.write({
      'dist/staging.k8s.yaml': config('one', staging.namespace, 'debug'),
      'dist/production.k8s.yaml': config('one', production.namespace, 'info'),
    });
    const report = reportOf(await betweenEnvironments(repository.root, ['staging', 'production']));
    expect(report.changed).toEqual([
      { objects: [`ConfigMap ${project.name}-ENV/one (dist/ENV.k8s.yaml)`], fields: ['data.value: debug -> info'] },
    ]);
  });

  it('says which of the two has an object alone, and speaks of no pruning', async () => {
    repository.write({
      'dist/staging.k8s.yaml': config('one', staging.namespace, 'x'),
      'dist/production.k8s.yaml': config('two', production.namespace, 'x'),
    });
    const text = renderConsole(reportOf(await betweenEnvironments(repository.root, ['staging', 'production'])));
    expect(text).toContain('1 only in production, 1 only in staging, 0 changed');
    expect(text).toContain(`ONLY IN STAGING\n  - ConfigMap ${project.name}-ENV/one`);
    expect(text).not.toContain('prune');
  });

  it('refuses environments that do not exist, or are the same', async () => {
    await expect(betweenEnvironments(repository.root, ['staging', 'prod'])).rejects.toThrow("no environment 'prod'");
    await expect(betweenEnvironments(repository.root, ['dev', 'dev'])).rejects.toThrow('two different environments');
    await expect(betweenEnvironments(repository.root, ['dev', 'staging'])).rejects.toThrow('no manifests of dev');
  });
});

describe('the diff against a cluster', () => {
  /** Plays kubectl, which writes both sides to folders and calls the diff program with them. */
  const kubectl = (live: string, merged: string, code = 1, stderr = 'the server is away') =>
    againstCluster({
      root: repository.root,
      environment: 'dev',
      run: async (program, args, options) => {
        if (args[0] === 'version') return { code: 0, stdout: '{}', stderr: '' };
        expect([program, ...args.slice(0, 2)]).toEqual(['kubectl', 'diff', '--server-side']);
        repository.write({ 'live/v1.ConfigMap.a.one': live, 'merged/v1.ConfigMap.a.one': merged });
        const folders = ['live', 'merged'].map((side) => `${repository.root}/${side}`);
        await run(String(options.env?.['KUBECTL_EXTERNAL_DIFF']), folders, options);
        return { code, stdout: '', stderr };
      },
    });

  it('shows what the API server would change, and not what it writes itself', async () => {
    const live = `${config('one', 'a', '1').replace('namespace: a', 'namespace: a, uid: x, resourceVersion: "1"')}status: { x: 1 }\n`;
    const report = reportOf(await kubectl(live, config('one', 'a', '2')));
    expect(report.changed.flatMap(({ fields }) => fields)).toEqual(['data.value: 1 -> 2']);
  });

  it('calls new what the cluster does not have', async () => {
    expect(reportOf(await kubectl('', config('one', 'a', '2'))).added).toHaveLength(1);
  });

  it('says what to do when kubectl fails', async () => {
    await expect(kubectl('', '', 2)).rejects.toThrow(/the server is away\nRun npm run doctor/);
  });

  it('says that an environment was never applied', async () => {
    const failing = kubectl('', '', 2, `Error from server (NotFound): namespaces "${dev.namespace}" not found`);
    await expect(failing).rejects.toThrow('was never applied to this cluster');
  });

  it('says first that there is no cluster', async () => {
    const away = againstCluster({
      root: repository.root,
      environment: 'dev',
      run: async () => ({ code: 1, stdout: '', stderr: 'connection refused' }),
    });
    await expect(away).rejects.toThrow('no cluster answers: connection refused');
  });
});
