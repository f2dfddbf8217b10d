import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readFolder } from '../../output/files.ts';
import { eventually } from '../../test/eventually.ts';
import { repositoryCopy } from '../../test/repository-copy.ts';
import { CHANGES, type Change, runIn } from './changes.ts';

/** What knows neither the catalog nor the environments. */
const APART = ['guardrails', 'app/src/{http,stores,text}', 'app/src/services/{users,quotes,search}'];

/** All changes at once; `KIT=each npm run test:kit` takes each alone, with every test there is, which takes ten minutes. */
const EACH = process.env['KIT'] === 'each';
const SETS: readonly { readonly title: string; readonly changes: readonly Change[] }[] = EACH
  ? CHANGES.map((change) => ({ title: change.title, changes: [change] }))
  : [{ title: 'all changes at once', changes: CHANGES }];

describe.each(SETS)('the kit stays open: $title', ({ changes }) => {
  const copy = repositoryCopy();
  afterAll(() => copy.remove());
  const run = (program: string, ...args: string[]) => runIn(copy, program, ...args);

  it.each(changes)('takes $title', ({ files, apply }) => {
    apply(copy);
    run('git', 'add', '--all');
    console.log(run('git', 'diff', '--cached', '--stat'));
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
    expect([...dist.keys()]).toEqual(expect.arrayContaining(changes.flatMap(({ adds }) => adds ?? [])));
    for (const [path, text] of dist) {
      for (const { gone } of changes) if (gone !== undefined) expect(text, path).not.toMatch(gone);
      if (path.startsWith('addons/')) continue;
      for (const pattern of changes.flatMap(({ shown }) => shown ?? [])) expect(text, path).toMatch(pattern);
    }
  });

  it('keeps every test green that could notice, none of them touched', () => {
    const apart = EACH ? [] : APART.flatMap((folder) => ['--exclude', `${folder}/**`]);
    run('npx', 'vitest', 'run', '--project', 'unit', '--testTimeout', '120000', ...apart);
  });

  const answering = changes.flatMap(({ answers }) => answers ?? []);
  it.each(answering)('answers $path on a laptop, and the front has seen that it does', async (answers) => {
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
          expect(await page.text()).toMatch(new RegExp(`${answers.path.slice(1)}[\\s\\S]{0,200}version`));
        },
        { withinMs: 60_000 },
      );
      const answer = await fetch(`http://127.0.0.1:${port + answers.portOffset}${answers.path}`);
      expect(await answer.json()).toEqual(answers.json);
    } finally {
      if (dev.pid !== undefined) process.kill(-dev.pid, 'SIGTERM');
      await ended;
    }
  });
});
