import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planPorts, takenPorts } from '../app/dev/ports.ts';
import { run } from '../delivery/run.ts';
import { eventually } from '../test/eventually.ts';
import { repositoryCopy } from '../test/repository-copy.ts';

const ROOT = join(import.meta.dirname, '..');
const textOf = (page: string) => readFileSync(join(ROOT, 'docs/tutorial', page), 'utf8');

/** A block of the tutorial: commands, or a change of one file. */
interface Block {
  readonly file: string | undefined;
  readonly lines: readonly string[];
}

function blocksOf(page: string): Block[] {
  const blocks = [...page.matchAll(/^```(?:sh|diff \[(\S+)\])\n([\s\S]*?)^```/gm)];
  return blocks.map(([, file, text = '']) => ({ file, lines: text.trimEnd().split('\n') }));
}

const english = textOf('first-change.md');
const laptop = blocksOf(english.slice(0, english.indexOf('## 5.')));
/** What the test does in another way: the clone is a copy of this tree, with the packages that are installed here. */
const PREPARED = ['git clone', 'cd ', 'npm ci', 'npm run dev'];

describe('the tutorial', () => {
  const repository = repositoryCopy();
  let dev: ChildProcess;
  let output = '';
  let front = 0;

  beforeAll(async () => {
    for (front = 24_000 + (process.pid % 200) * 25; (await takenPorts(planPorts(front))).length > 0; ) front += 25;
    dev = spawn('npm', ['run', '--silent', 'dev', '--', '--port', String(front)], {
      cwd: repository.root,
      detached: true,
    });
    for (const stream of [dev.stdout, dev.stderr]) stream?.on('data', (data) => (output += String(data)));
    await eventually(() => expect(output).toMatch(/^Ready in/m), { withinMs: 60_000 });
  });
  afterAll(async () => {
    if (dev.pid !== undefined) process.kill(-dev.pid, 'SIGTERM');
    await once(dev, 'exit');
    repository.remove();
  });

  it('is the same in French, command for command', () => {
    expect(blocksOf(textOf('premier-changement.md'))).toEqual(blocksOf(english));
  });

  it('begins with what this test prepares', () => {
    const begin = laptop[0]?.lines ?? [];
    expect(begin.filter((line) => !PREPARED.some((known) => line.startsWith(known)))).toEqual([]);
  });

  it.each(laptop.slice(1).map((block, index) => [index + 2, block.file ?? block.lines.join('; '), block] as const))(
    'block %i works: %s',
    async (_number, _name, { file, lines }) => {
      if (file !== undefined) return change(file, lines);
      for (const line of lines) {
        const command = line.replaceAll('localhost:8080', `localhost:${front}`);
        const { code, stdout, stderr } = await run('sh', ['-c', command], { cwd: repository.root });
        expect(`${code === 0 ? 'works' : 'refused'}: ${stdout}${stderr}`).toMatch(
          line.endsWith('# refused') ? /^refused: [\s\S]*lower the maximum of/ : /^works/,
        );
      }
    },
  );

  it('shows the changed heading without a restart by hand', async () => {
    await eventually(
      async () => {
        const page = await fetch(`http://localhost:${front}`, { headers: { accept: 'text/html' } });
        expect(await page.text(), output).toContain('Search the library');
      },
      { withinMs: 30_000 },
    );
  });

  /** Replaces the lines that begin with - by those that begin with +. */
  function change(file: string, lines: readonly string[]): void {
    const path = join(repository.root, file);
    const side = (sign: string) => lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(1));
    const before = readFileSync(path, 'utf8');
    expect(before).toContain(side('-').join('\n'));
    writeFileSync(path, before.replace(side('-').join('\n'), side('+').join('\n')));
  }
});
