import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../test/eventually.ts';
import { freePort } from '../../test/real-redis.ts';
import { Daemon } from '../observability/daemon.ts';

export const S3_KEYS = { 's3-access-key': 'access-key-of-the-test', 's3-secret-key': 'secret "key" of $the test' };

/** A real S3 server, versitygw, over a folder. */
export class S3Server {
  readonly endpoint: string;
  readonly #daemon: Daemon;

  private constructor(endpoint: string, daemon: Daemon) {
    this.endpoint = endpoint;
    this.#daemon = daemon;
  }

  static async start(program: string, folder: string): Promise<S3Server> {
    const files = join(folder, 'objects');
    const metadata = join(folder, 'attributes');
    for (const path of [files, metadata]) mkdirSync(path);
    const address = `127.0.0.1:${await freePort()}`;
    const daemon = new Daemon(
      program,
      ['--quiet', '--port', address, '--region', 'eu-test-1', 'posix', '--sidecar', metadata, files],
      {
        ROOT_ACCESS_KEY_ID: S3_KEYS['s3-access-key'],
        ROOT_SECRET_ACCESS_KEY: S3_KEYS['s3-secret-key'],
      },
    );
    await eventually(() => fetch(`http://${address}/`)).catch(() => {
      throw new Error(`the S3 server does not answer\n${daemon.output}`);
    });
    return new S3Server(`http://${address}`, daemon);
  }

  stop(): Promise<void> {
    return this.#daemon.stop();
  }
}
