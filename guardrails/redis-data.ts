import type { Platform } from './platform.ts';
import type { RedisServer } from './redis-server.ts';
import { claimOfVolume, type StorageClaim } from './storage-claims.ts';

/** The claim behind the folder that a server writes its data to; undefined where there is none, or where it is mounted for reading only. */
export function dataClaim(platform: Platform, server: RedisServer): StorageClaim | undefined {
  const folder = dataFolder(server);
  const mounts = server.container.field.at('volumeMounts').items.filter((mount) => {
    const path = mount.at('mountPath').text ?? '';
    if (mount.at('readOnly').flag === true) return false;
    return folder === path || folder.startsWith(`${path.replace(/\/$/, '')}/`);
  });
  return mounts
    .map(
      (mount) =>
        claimOfVolume(platform, server.workload, mount.at('name').text ?? '') ??
        unknownClaim(server, mount.at('name').text),
    )
    .find((claim) => claim !== undefined);
}

/** A claim that is not among the given manifests is somebody's promise. */
function unknownClaim({ workload }: RedisServer, volume: string | undefined): StorageClaim | undefined {
  const found = workload.pod.at('volumes').items.find((item) => item.at('name').text === volume);
  const named =
    found?.at('persistentVolumeClaim').exists || found?.at('ephemeral').exists || found?.at('hostPath').exists;
  return found && named ? { name: volume ?? '', spec: found, owner: workload.resource, bytes: 0, count: 1 } : undefined;
}

/** Where a server writes its data: the working directory of the official image when it does not say. */
export function dataFolder(server: RedisServer): string {
  return server.directive('dir')?.value.replaceAll('"', '') ?? '/data';
}
