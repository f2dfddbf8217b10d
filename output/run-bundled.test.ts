import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../root.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';

function run(source: string, ...args: string[]) {
  const program = join(temporaryFolder(), 'program.ts');
  writeFileSync(program, source);
  return runFile(program, ...args);
}

function runFile(program: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync('node', [join(ROOT, 'output/run-bundled.mjs'), program, ...args], {
    encoding: 'utf8',
  });
  return { program, status, stdout, stderr };
}

const CACHE = join(ROOT, '.cache');

describe('a program that is run as one file', () => {
  it('gets its arguments as if node had started it', () => {
    const { program, stdout } = run('console.log(JSON.stringify(process.argv.slice(1)));', 'dist', '--format', 'json');
    expect(JSON.parse(stdout)).toEqual([program, 'dist', '--format', 'json']);
  });

  it('says where in the sources it throws, without a stack trace, and leaves no file behind', () => {
    const { program, status, stderr } = run('type Unused = string;\n\nconsole.log(forgotten as Unused);\n');
    expect(status).toBe(1);
    expect(stderr).toBe(
      `${program}:3:13: ReferenceError: forgotten is not defined\nthe sources do not load; npm run types says more of such a mistake\n`,
    );
    const [folder = ''] = program.split('/').slice(-2);
    mkdirSync(CACHE, { recursive: true });
    expect(readdirSync(CACHE).filter((name) => name.includes(folder.replaceAll(/\W+/g, '-')))).toEqual([]);
  });

  it('is kept until one of its sources changes', () => {
    mkdirSync(CACHE, { recursive: true });
    const folder = mkdtempSync(join(CACHE, 'sources-'));
    const imported = join(folder, 'imported.ts');
    writeFileSync(imported, 'export const shown: string = "first";');
    writeFileSync(join(folder, 'program.ts'), "import { shown } from './imported.ts';\nconsole.log(shown);\n");
    const shown = () => runFile(join(folder, 'program.ts')).stdout.trim();
    const kept = join(CACHE, `bundle--cache-${basename(folder).replaceAll(/\W+/g, '-')}-program-ts.cjs`);
    try {
      expect(shown()).toBe('first');
      const made = statSync(kept).mtimeMs;
      expect(shown()).toBe('first');
      expect(statSync(kept).mtimeMs).toBe(made);
      writeFileSync(imported, 'export const shown: string = "other";');
      expect(shown()).toBe('other');
      writeFileSync(kept, readFileSync(kept, 'utf8').replace('"other"', '"damaged"'));
      expect(shown()).toBe('other');
    } finally {
      rmSync(folder, { recursive: true });
      for (const file of [kept, `${kept}.code`]) rmSync(file);
    }
  });

  it('keeps its packages and what V8 compiled beside it, and does without where they are damaged', () => {
    mkdirSync(CACHE, { recursive: true });
    const folder = mkdtempSync(join(CACHE, 'packages-'));
    const source = (shown: string) =>
      writeFileSync(join(folder, 'program.ts'), `import { z } from 'zod';\nconsole.log(typeof z.${shown});\n`);
    const shown = () => runFile(join(folder, 'program.ts')).stdout.trim();
    const kept = () =>
      readdirSync(CACHE).filter((name) => name.includes(`${basename(folder).replaceAll(/\W+/g, '-')}-`));
    const packages = () => kept().find((name) => /^packages-.*cjs$/.test(name)) ?? '';
    try {
      source('string');
      expect(shown()).toBe('function');
      expect(kept()).toHaveLength(4);
      const made = statSync(join(CACHE, packages())).mtimeMs;
      source('nothing');
      expect(shown()).toBe('undefined');
      expect(statSync(join(CACHE, packages())).mtimeMs).toBe(made);
      for (const name of kept()) {
        const file = join(CACHE, name);
        const content = readFileSync(file);
        writeFileSync(file, content.fill('x', content.length - 200));
        expect(shown()).toBe('undefined');
      }
    } finally {
      rmSync(folder, { recursive: true });
      for (const name of kept()) rmSync(join(CACHE, name));
    }
  });

  it('imports what it is told to, in the first run and in those that follow', () => {
    mkdirSync(CACHE, { recursive: true });
    const module = join(temporaryFolder(), 'module.mjs');
    writeFileSync(module, "export default 'imported';");
    const folder = mkdtempSync(join(CACHE, 'sources-'));
    const program = join(folder, 'program.ts');
    writeFileSync(program, "import(process.argv[2] ?? '').then((one) => console.log(one.default));");
    try {
      for (let turn = 0; turn < 3; turn += 1)
        expect(runFile(program, module)).toMatchObject({ stdout: 'imported\n', stderr: '' });
    } finally {
      rmSync(folder, { recursive: true });
      for (const name of readdirSync(CACHE).filter((one) => one.includes(basename(folder).replaceAll(/\W+/g, '-'))))
        rmSync(join(CACHE, name));
    }
  });

  it('knows where the project is after it was moved', () => {
    const before = join(temporaryFolder(), 'before');
    const after = join(temporaryFolder(), 'after');
    for (const file of ['output/run-bundled.mjs', 'tsconfig.json']) cpSync(join(ROOT, file), join(before, file));
    symlinkSync(join(ROOT, 'node_modules'), join(before, 'node_modules'));
    writeFileSync(join(before, 'program.ts'), 'console.log(import.meta.dirname);');
    const shown = (folder: string) =>
      spawnSync('node', ['output/run-bundled.mjs', 'program.ts'], { cwd: folder, encoding: 'utf8' }).stdout.trim();
    expect(shown(before)).toBe(before);
    renameSync(before, after);
    expect(shown(after)).toBe(after);
  });

  it('runs where nothing can be kept', () => {
    const folder = temporaryFolder();
    for (const file of ['output/run-bundled.mjs', 'tsconfig.json']) cpSync(join(ROOT, file), join(folder, file));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, '.cache'), 'a file in the place of the folder');
    writeFileSync(join(folder, 'program.ts'), "import { z } from 'zod';\nconsole.log(typeof z.string);");
    const { stdout } = spawnSync('node', ['output/run-bundled.mjs', 'program.ts'], { cwd: folder, encoding: 'utf8' });
    expect(stdout.trim()).toBe('function');
  });

  it('says what to do where its tools are not installed', () => {
    const folder = temporaryFolder();
    cpSync(join(ROOT, 'output/run-bundled.mjs'), join(folder, 'output/run-bundled.mjs'));
    const { status, stderr } = spawnSync('node', ['output/run-bundled.mjs', 'program.ts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Cannot find package 'esbuild'.*\nrun 'npm ci'; nothing was run\n$/);
  });

  it('says where a source does not compile, and runs nothing', () => {
    const { program, status, stdout, stderr } = run("console.log('ran');\nconst wrong = ;\n");
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/Unexpected ";"[\s\S]*:2:14:[\s\S]*the sources do not compile; nothing was run\n$/);
    expect(stderr).not.toContain('node:internal');
    expect(stderr).toContain(basename(program));
  });

  it('may ask where the project is, and not where the file is: there is only one', () => {
    expect(run('console.log(import.meta.dirname);').stdout.trim()).toBe(ROOT);
    const { status, stderr } = run("console.log(new URL('.', import.meta.url));");
    expect(status).toBe(1);
    expect(stderr).toContain('"import.meta" is not available');
  });
});
