import { spawnSync } from 'node:child_process';

export interface Builder {
  readonly name: 'docker' | 'podman' | 'buildah';
  /** Succeeds where the program can build, not only where it is installed: docker's client comes without an engine. */
  readonly probe: readonly string[];
  readonly build: readonly string[];
}

/** OCI's own image format has no health check; these builders write Docker's when asked. */
const KEEP_HEALTHCHECK = ['--format', 'docker'];

/** In the order in which they are tried. */
export const BUILDERS: readonly Builder[] = [
  { name: 'docker', probe: ['info'], build: ['build'] },
  { name: 'podman', probe: ['info'], build: ['build', ...KEEP_HEALTHCHECK] },
  { name: 'buildah', probe: ['--version'], build: ['build', ...KEEP_HEALTHCHECK] },
];

export type Succeeds = (command: string, args: readonly string[]) => boolean;

const succeeds: Succeeds = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** The first builder that works here. @throws Error that says what to install */
export function findBuilder(works: Succeeds = succeeds): Builder {
  const found = BUILDERS.find(({ name, probe }) => works(name, probe));
  if (found !== undefined) return found;
  const names = BUILDERS.map(({ name }) => name).join(', ');
  throw new Error(`no image builder works here (tried ${names}); install one, or start docker's engine`);
}

export interface ImageBuild {
  /** Name and tag of the image. */
  readonly tag: string;
  readonly version: string;
  readonly revision: string;
  /** Time of that commit, not of the build: the same sources make the same labels. */
  readonly created: string;
  /** Passed to the builder as they are: `--target test`, `--build-arg RUN_TESTS=true`, `--isolation chroot`. */
  readonly extra: readonly string[];
}

/** Arguments of the builder for app/Dockerfile, to be run in the repository's folder. */
export function buildArguments(builder: Builder, image: ImageBuild): readonly string[] {
  const labels = { VERSION: image.version, REVISION: image.revision, CREATED: image.created };
  const args = Object.entries(labels).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  return [...builder.build, '--file', 'app/Dockerfile', '--tag', image.tag, ...args, ...image.extra, '.'];
}
