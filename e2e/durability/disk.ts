import { execFile, execFileSync } from 'node:child_process';
import { chownSync, closeSync, mkdirSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../../test/eventually.ts';

const run = promisify(execFile);
const SIZE_MIB = 2_048;
/** ext4's own way to stop in the middle, as its developers' tests do: EXT4_IOC_SHUTDOWN without flushing the journal. */
const SHUTDOWN = 'open(my $d, "<", $ARGV[0]) or die; my $how = pack("L", 2); ioctl($d, 0x8004587D, $how) or die $!';

/** A volume of its own: a file system on a loop device, which can stall, be full, and lose what was not synchronized. */
export class Disk {
  readonly folder: string;
  readonly #device: string;
  readonly #held: number;

  constructor(folder: string, name: string, owner: number) {
    const image = join(folder, `${name}.img`);
    this.folder = join(folder, name);
    mkdirSync(this.folder);
    writeFileSync(image, '');
    truncateSync(image, SIZE_MIB * 1_048_576);
    execFileSync('mkfs.ext4', ['-q', '-m', '0', '-E', 'lazy_itable_init=1,nodiscard', image]);
    execFileSync('mount', ['-o', 'loop', image, this.folder]);
    this.#device = execFileSync('findmnt', ['-no', 'SOURCE', this.folder], { encoding: 'utf8' }).trim();
    // Held open, the device outlives an unmount; it goes when this process goes, and the image with it.
    this.#held = openSync(this.#device, 'r');
    rmSync(image);
    chownSync(this.folder, owner, owner);
  }

  /** What the kernel had not written yet is gone; what is left is what the next start finds. */
  async cutPower(): Promise<void> {
    await run('perl', ['-e', SHUTDOWN, this.folder]);
    await run('umount', [this.folder]);
    await eventually(() => this.#mountAnew(), { withinMs: 30_000 });
  }

  /** While the namespace of a killed container is not gone yet, the old mount lives on in it, and answers no more. */
  async #mountAnew(): Promise<void> {
    await run('mount', [this.#device, this.folder]);
    try {
      await run('dd', ['if=/dev/zero', `of=${join(this.folder, 'alive')}`, 'bs=1', 'count=1', 'conv=fsync']);
      rmSync(join(this.folder, 'alive'));
    } catch (error) {
      await run('umount', [this.folder]);
      throw error;
    }
  }

  /** From now on every write and every fsync hangs. */
  async freeze(): Promise<void> {
    await run('fsfreeze', ['--freeze', this.folder]);
  }

  async thaw(): Promise<void> {
    await run('fsfreeze', ['--unfreeze', this.folder]);
  }

  async fill(): Promise<void> {
    const { stdout } = await run('stat', ['--file-system', '--format=%a %S', this.folder]);
    const [blocks = 0, size = 0] = stdout.trim().split(' ').map(Number);
    await run('fallocate', ['--length', String(blocks * size), join(this.folder, 'filler')]).catch(() => undefined);
    // The last blocks, which the allocation above leaves for its own tables.
    await run('dd', ['if=/dev/zero', `of=${join(this.folder, 'crumbs')}`, 'bs=4k', 'conv=fsync']).catch(
      () => undefined,
    );
  }

  free(): void {
    for (const name of ['filler', 'crumbs']) rmSync(join(this.folder, name), { force: true });
  }

  release(): void {
    execFileSync('umount', ['--lazy', this.folder]);
    closeSync(this.#held);
  }
}
