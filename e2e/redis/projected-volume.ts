import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { Manifest } from '../../charts/plan/part.ts';
import { at } from '../../test/manifests.ts';

/** Values by Secret and key. */
export type SecretData = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Source {
  readonly secret: {
    readonly name: string;
    readonly items: readonly { readonly key: string; readonly path: string }[];
    readonly optional?: boolean;
  };
}

/**
 * The volume `secrets` of a rendered workload, on this machine, brought up to date as the kubelet does: all files in a folder of their own
 * behind the link `..data`, which is replaced in one step; links of keys that are gone are removed afterwards.
 */
export class ProjectedVolume {
  readonly folder: string;
  readonly #sources: readonly Source[];

  constructor(folder: string, workload: Manifest) {
    this.folder = folder;
    this.#sources = sourcesOf(workload);
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  }

  /** @throws where a key is missing that is not optional: the kubelet would leave the volume as it is. */
  update(secrets: SecretData): void {
    const files = this.#filesOf(secrets);
    const version = mkdtempSync(join(this.folder, '..version-'));
    // A temporary folder is its maker's alone; the pod's user is another.
    chmodSync(version, 0o755);
    for (const [path, value] of Object.entries(files)) writeFileSync(join(version, path), value);
    const data = join(this.folder, '..data');
    const previous = this.#previous();
    symlinkSync(basename(version), `${data}_tmp`);
    renameSync(`${data}_tmp`, data);
    const links = readdirSync(this.folder).filter((name) => !name.startsWith('..'));
    for (const path of Object.keys(files)) {
      if (!links.includes(path)) symlinkSync(join('..data', path), join(this.folder, path));
    }
    for (const name of links) if (!(name in files)) rmSync(join(this.folder, name));
    if (previous !== undefined) rmSync(join(this.folder, previous), { recursive: true });
  }

  #previous(): string | undefined {
    return readdirSync(this.folder).includes('..data') ? readlinkSync(join(this.folder, '..data')) : undefined;
  }

  #filesOf(secrets: SecretData): Record<string, string> {
    const files: Record<string, string> = {};
    for (const { secret } of this.#sources) {
      for (const { key, path } of secret.items) {
        const value = secrets[secret.name]?.[key];
        if (value !== undefined) files[path] = value;
        else if (secret.optional !== true) throw new Error(`Secret ${secret.name} has no key '${key}'`);
      }
    }
    return files;
  }
}

function sourcesOf(workload: Manifest): Source[] {
  const volumes = at(workload, 'spec.template.spec.volumes');
  const secrets = Array.isArray(volumes) ? volumes.find((volume) => at(volume, 'name') === 'secrets') : undefined;
  const sources = at(secrets, 'projected.sources');
  if (!Array.isArray(sources)) throw new Error(`${at(workload, 'metadata.name')} has no projected volume 'secrets'`);
  return sources as Source[];
}
