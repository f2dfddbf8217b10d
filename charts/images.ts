import pins from './images.json' with { type: 'json' };
import { releasedImage } from './plan/part.ts';

type Name = keyof typeof pins;

/**
 * Images that others publish, one version of each for every environment, by exact tag and digest. images.json says where they come from, which line they
 * stay on and who cites the digest: where nobody does, the exact tag stands alone. `npm run images -- update` asks the registries instead.
 */
export const IMAGES: Readonly<Record<Name, string>> = {
  /** Server, Sentinel, valkey-cli and the checkers; BusyBox' sh runs the store's scripts. The suites run the same line: .ci/install-store. */
  redis: image('redis'),
  /** Runs the steps of the backup jobs that touch the repository. The suites run the same version: .ci/install-backup-programs. */
  restic: image('restic'),
  redisExporter: image('redisExporter'),
  /** Long-term support. Version 3 writes the bucket label `le="1"` as `1.0`: rules match both. */
  prometheus: image('prometheus'),
  alertmanager: image('alertmanager'),
  grafana: image('grafana'),
  kubeStateMetrics: image('kubeStateMetrics'),
  /** On a laptop only: a cluster brings its own ingress controller. */
  traefik: image('traefik'),
  jaeger: image('jaeger'),
  /** What the application's own image is built upon: app/Dockerfile. */
  node: image('node'),
};

function image(name: Name): string {
  return releasedImage(pins[name].name, pins[name]);
}
