import type { Resources } from '../services/service.ts';
import type { AddressRange } from './peer.ts';

/** How the environment keeps its data. */
export type Redis =
  | { readonly kind: 'standalone'; readonly persistence: { readonly kind: 'none' }; readonly container: RedisContainer }
  | { readonly kind: 'standalone'; readonly persistence: RedisVolume; readonly container: RedisContainer }
  | {
      /** Three servers and three Sentinels: survives the loss of any one pod. */
      readonly kind: 'sentinel';
      readonly durability: Durability;
      readonly persistence: RedisVolume;
      readonly container: RedisContainer;
      readonly sentinelContainer: { readonly requests: Resources; readonly limits: Resources };
    }
  | {
      /** A managed or clustered Redis: its password is in the secret, its address is not secret and decides the egress. */
      readonly kind: 'external';
      readonly target:
        | { readonly kind: 'url'; readonly url: string }
        /** `host:port` of some nodes of a Redis Cluster. */
        | { readonly kind: 'cluster'; readonly nodes: readonly string[] };
      /** Null for the default user. */
      readonly username: string | null;
      readonly addresses: readonly AddressRange[];
      /** Replicas that must hold a write before it is acknowledged. */
      readonly waitReplicas: number;
    };

/**
 * What an acknowledged write of three servers is on the disk of, beside the primary's.
 *
 * `all`: every replica. Nothing acknowledged is lost by any single fault, by a partition in two or by a restart of everything, because every
 * server that could be promoted has it. Two servers that lose their volumes at once cost nothing, three cost everything. The price: while any
 * server is away (a rollout, a drained node) or does not answer, writes are refused with 503; reads go on.
 *
 * `majority`: one of the two. Writes go on while one server is away. Nothing is lost by the loss of one server or by a rollout. What is lost: writes
 * that the new primary lacks after a failover without a dead primary, which are seconds of them (a partition that leaves the old primary with
 * a replica and the application, a frozen process or disk that wakes up, SENTINEL FAILOVER by hand), and what only two servers had when both fail.
 */
export type Durability = 'all' | 'majority';

export interface RedisContainer {
  readonly requests: Resources;
  readonly limits: Resources;
  /** Data Redis may hold; refuses writes above (noeviction). The rest of the limit is for forks, buffers and fragmentation. */
  readonly maxMemoryMiB: number;
  readonly maxClients: number;
}

export interface RedisVolume {
  readonly kind: 'volume';
  readonly sizeGi: number;
  /** Null for the cluster's default class. */
  readonly storageClass: string | null;
  readonly backup: RedisBackup | null;
}

/** Snapshots in a repository of restic: encrypted, each verified before it counts. */
export interface RedisBackup {
  /** Cron expression, UTC. What is written after a run and before a loss of all volumes is lost. */
  readonly schedule: string;
  /** Hours, days and months of which the newest snapshot is kept. */
  readonly keep: { readonly hourly: number; readonly daily: number; readonly monthly: number };
  readonly target: BackupTarget;
}

export type BackupTarget =
  /** A volume of the same cluster: lost with it, unless it is copied elsewhere. */
  | { readonly kind: 'volume'; readonly sizeGi: number }
  | {
      /** Object storage; its keys are in the secret. */
      readonly kind: 's3';
      /** URL without a path: `https://s3.eu-central-1.amazonaws.com`. */
      readonly endpoint: string;
      readonly region: string;
      readonly bucket: string;
      /** Where the endpoint is: decides the egress of the jobs. */
      readonly addresses: readonly AddressRange[];
    };
