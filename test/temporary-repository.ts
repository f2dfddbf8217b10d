import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Git } from '../delivery/git.ts';

/** A real git repository in a temporary folder, for tests. */
export class TemporaryRepository {
  readonly root = mkdtempSync(join(tmpdir(), 'repository-'));
  readonly git = new Git(this.root);

  /** @param like one whose files and commits it begins with: a copy takes no git. @default - it begins empty */
  constructor(like?: TemporaryRepository) {
    if (like !== undefined) {
      cpSync(like.root, this.root, { recursive: true });
      return;
    }
    this.#run('init', '--quiet', '--initial-branch=main');
    this.#run('config', 'user.name', 'test');
    this.#run('config', 'user.email', 'test@example.com');
    this.#run('config', 'commit.gpgsign', 'false');
  }

  /** Writes files; null removes one. */
  write(files: Readonly<Record<string, string | null>>): void {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.root, path);
      mkdirSync(dirname(file), { recursive: true });
      if (text === null) rmSync(file);
      else writeFileSync(file, text);
    }
  }

  /** Commits everything, after writing these files. */
  commit(files: Readonly<Record<string, string | null>>): string {
    this.write(files);
    this.#run('add', '--all');
    this.#run('commit', '--quiet', '--message', 'test');
    return this.#run('rev-parse', 'HEAD').trim();
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #run(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.root, encoding: 'utf8' });
  }
}
