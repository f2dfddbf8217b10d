import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../test/eventually.ts';
import { freePort } from '../test/real-redis.ts';
import { Daemon } from './observability/daemon.ts';

/** A real registry on this machine, with images of a few bytes. */
export class LocalRegistry {
  readonly host: string;
  readonly #daemon: Daemon;
  readonly #folder: string;

  private constructor(host: string, daemon: Daemon, folder: string) {
    this.host = host;
    this.#daemon = daemon;
    this.#folder = folder;
  }

  static async start(program: string): Promise<LocalRegistry> {
    const folder = mkdtempSync(join(tmpdir(), 'registry-'));
    const host = `127.0.0.1:${await freePort()}`;
    const config = join(folder, 'config.json');
    const storage = { filesystem: { rootdirectory: folder } };
    writeFileSync(config, JSON.stringify({ version: 0.1, storage, http: { addr: host } }));
    const daemon = new Daemon(program, ['serve', config]);
    await eventually(async () => {
      const { status } = await fetch(`http://${host}/v2/`);
      if (status !== 200) throw new Error(`the registry answers ${status}: ${daemon.output}`);
    });
    return new LocalRegistry(host, daemon, folder);
  }

  /** Pushes an image that holds this text, and returns its digest. */
  async push(repository: string, tag: string, text: string): Promise<string> {
    const config = await this.#blob(repository, JSON.stringify({ architecture: 'amd64', os: 'linux', comment: text }));
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const described = { mediaType: 'application/vnd.oci.image.config.v1+json', ...config };
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType: type, config: described, layers: [] });
    const response = await fetch(`http://${this.host}/v2/${repository}/manifests/${tag}`, {
      method: 'PUT',
      headers: { 'content-type': type },
      body: manifest,
    });
    if (response.status !== 201) throw new Error(`the registry refuses a manifest: ${await response.text()}`);
    return digest(manifest);
  }

  async stop(): Promise<void> {
    await this.#daemon.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #blob(repository: string, text: string): Promise<{ digest: string; size: number }> {
    const started = await fetch(`http://${this.host}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
    const place = new URL(started.headers.get('location') ?? '', `http://${this.host}`);
    place.searchParams.set('digest', digest(text));
    const headers = { 'content-type': 'application/octet-stream' };
    const { status } = await fetch(place, { method: 'PUT', headers, body: text });
    if (status !== 201) throw new Error(`the registry refuses a blob with ${status}`);
    return { digest: digest(text), size: Buffer.byteLength(text) };
  }
}

function digest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
