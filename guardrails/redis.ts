import { type ConfigFile, commandWords, configFiles } from './config-text.ts';
import type { Field } from './field.ts';
import { oncePerPlatform, type Platform } from './platform.ts';
import { claimOfVolume, type StorageClaim } from './storage-claims.ts';
import type { Container, Workload } from './workload.ts';

/** The claim behind the folder that a server writes its data to; undefined where there is none, or where it is mounted for reading only. */
export function dataClaim(platform: Platform, server: RedisServer): StorageClaim | undefined {
  const folder = dataFolder(server);
  const mounts = server.container.field.at('volumeMounts').items.filter((mount) => {
    const path = mount.at('mountPath').text ?? '';
    if (mount.at('readOnly').flag === true) return false;
    return folder === path || folder.startsWith(`${path.replace(/\/$/, '')}/`);
  });
  const volumes = mounts.map((mount) => mount.at('name').text);
  return volumes
    .map((volume) => claimOfVolume(platform, server.workload, volume) ?? unknownClaim(server, volume))
    .find((claim) => claim !== undefined);
}

/** A claim that is not among the given manifests is somebody's promise. */
function unknownClaim({ workload }: RedisServer, name = ''): StorageClaim | undefined {
  const spec = workload.volume(name);
  const isKept = ['persistentVolumeClaim', 'ephemeral', 'hostPath'].some((kind) => spec?.at(kind).exists);
  return spec && isKept ? { name, spec, owner: workload.resource, bytes: 0, count: 1 } : undefined;
}

/** Where a server writes its data: the working directory of the official image when it does not say. */
export function dataFolder(server: RedisServer): string {
  return server.directive('dir')?.value.replaceAll('"', '') ?? '/data';
}

/** A container that runs redis-server, with what its configuration says. */
export interface RedisServer {
  readonly workload: Workload;
  readonly container: Container;
  /** The last value of a directive, as Redis reads its file and then its arguments. */
  directive(name: string): { readonly value: string; readonly at: Field } | undefined;
}

/** Every Redis (or Valkey) server among the workloads. */
export const redisServers = oncePerPlatform((platform): readonly RedisServer[] =>
  platform.running
    .filter((container) => container.workload.isLongRunning && isServer(platform, container))
    .map((container) => ({ workload: container.workload, container, directive: readDirectives(platform, container) })),
);

/** Whether it starts a server: by its command, by a script that is mounted for it, or because the image does when nothing is said. */
function isServer(platform: Platform, container: Container): boolean {
  const words = commandWords(container).map(({ word }) => word.replace(/^.*\//, ''));
  const scripts = configFiles(platform, container.workload).filter(
    ({ name }) => words.includes(name) && name.endsWith('.sh'),
  );
  const text = [...words, ...scripts.map((script) => script.text)].join(' ');
  if (/--sentinel\b|\bredis-sentinel\s/.test(text)) return false;
  if (/(^|[\s/"'])(redis|valkey)-server(?![-\w])/.test(text)) return true;
  const named = /(^|\/)(redis|valkey)([:@]|$)/.test(container.image.text ?? '');
  return named && !container.field.at('command').exists;
}

function readDirectives(platform: Platform, container: Container): RedisServer['directive'] {
  const found = new Map<string, { readonly value: string; readonly at: Field }>();
  for (const file of configFiles(platform, container.workload).filter(isServerFile)) {
    for (const [, name, value] of file.text.matchAll(/^[ \t]*([a-z][a-z-]+)[ \t]+(\S.*)$/gm)) {
      if (name !== undefined && value !== undefined) found.set(name, { value: value.trimEnd(), at: file.at });
    }
  }
  const words = commandWords(container);
  for (const [index, { word, at }] of words.entries()) {
    const value = words[index + 1]?.word;
    if (/^--[a-z-]+$/.test(word) && value !== undefined) found.set(word.slice(2), { value, at });
  }
  return (name) => found.get(name);
}

function isServerFile({ name, text }: ConfigFile): boolean {
  return name.endsWith('.conf') && !/^[ \t]*sentinel\s/m.test(text);
}

/** A size as redis.conf writes it (`512mb`, `1g`, `100`) in bytes: `m` is a million, `mb` is 1024 x 1024. */
export function redisBytes(size: string | undefined): number | undefined {
  const match = /^"?(\d+)(b|k|kb|m|mb|g|gb)?"?$/i.exec(size ?? '');
  if (!match) return undefined;
  const unit = (match[2] ?? 'b').toLowerCase();
  const power = { b: 0, k: 1, m: 2, g: 3 }[unit.charAt(0)] ?? 0;
  return Number(match[1]) * (unit.length === 2 ? 1024 : 1000) ** power;
}
