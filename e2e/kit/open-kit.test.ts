import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readFolder } from '../../output/files.ts';
import { eventually } from '../../test/eventually.ts';
import { repositoryCopy } from '../../test/repository-copy.ts';
import { CHANGES, runIn } from './changes.ts';

const copy = repositoryCopy();
afterAll(() => copy.remove());

const run = (program: string, ...args: string[]) => runIn(copy, program, ...args);

/** What knows neither the catalog nor the environments. */
const APART = ['guardrails', 'app/src/{http,stores,text}', 'app/src/services/{users,quotes,search}'];

describe('the kit stays open', () => {
  it.each(CHANGES)('takes $title', ({ files, apply }) => {
    apply(copy);
    run('git', 'add', '--all');
    expect(run('git', 'diff', '--cached', '--name-only').trim().split('\n').sort()).toEqual([...files].sort());
    copy.commit({});
  });

  it('then writes all of it: types, manifests, examples', () => {
    run('npx', 'biome', 'check', '--write', 'app', 'charts');
    run('npm', 'run', '--silent', 'types');
    run('npm', 'run', '--silent', 'synth');
    run('npm', 'run', '--silent', 'examples');
    copy.commit({});
    const dist = readFolder(join(copy.root, 'dist'));
    expect([...dist.keys()]).toContain('demo.k8s.yaml');
    for (const [path, text] of dist) {
      expect(text, path).not.toMatch(/\bquotes-(?:dev|staging|production|tls)/);
      if (path.startsWith('addons/')) continue;
      for (const name of ['echo', 'motto'])
        expect(text, path).toMatch(new RegExp(`kind: Deployment\nmetadata:\n  name: ${name}\n`));
      expect(text, path).toContain('MOTTO_URL: http://motto');
    }
  });

  it('keeps every test green that could notice, none of them touched', () => {
    const apart = APART.flatMap((folder) => ['--exclude', `${folder}/**`]);
    run('npx', 'vitest', 'run', '--project', 'unit', '--testTimeout', '120000', ...apart);
  });

  it('answers on a laptop, and the front has seen that it does', async () => {
    const port = 18_080;
    const dev = spawn('npm', ['run', '--silent', 'dev', '--', '--port', String(port)], {
      cwd: copy.root,
      detached: true,
      stdio: 'ignore',
    });
    const ended = once(dev, 'exit');
    try {
      await eventually(
        async () => {
          const page = await fetch(`http://127.0.0.1:${port}/`, { headers: { accept: 'text/html' } });
          expect(await page.text()).toMatch(/motto[\s\S]{0,200}version/);
        },
        { withinMs: 60_000 },
      );
      // The fifth service is the fifth port behind the front's.
      const answer = await fetch(`http://127.0.0.1:${port + 14}/motto`);
      expect(await answer.json()).toEqual({ text: 'One thing at a time' });
    } finally {
      if (dev.pid !== undefined) process.kill(-dev.pid, 'SIGTERM');
      await ended;
    }
  });
});
