import type { DataSet, ServiceName, StoreName } from '../../app/contract.ts';

/** A quantity of each resource a container asks for. */
export interface Resources {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  /** Node disk for logs and emptyDirs; null where none is asked for. */
  readonly ephemeralMiB: number | null;
}

/** What a service promises; rules, alerts and error budgets are compiled from it. */
export interface Objectives {
  /** Share of requests that do not end in a 5xx, in percent. */
  readonly availabilityPercent: number;
  /** 95 % of requests are faster than this; must be a bucket of DURATION_BUCKETS. */
  readonly p95Seconds: number;
  /** 99 % of requests are faster than this; must be a bucket of DURATION_BUCKETS. */
  readonly p99Seconds: number;
}

/**
 * The intrinsic need of one service: what is true of it in every environment.
 * What an environment decides (replicas, hosts, log level) is not here; sizing.ts joins the two.
 */
export interface ServiceSpec {
  readonly name: ServiceName;
  /** One line for people: README, dashboards, runbooks. */
  readonly description: string;
  /** Services and stores it speaks to. Each edge yields the URL in the env, both sides of the policy, the Compose link, a line in the diagram. */
  readonly calls: readonly (ServiceName | StoreName)[];
  /** Its rights in the store, by data set: it reads and writes all of one, or only follows it. What is not named it may not touch. */
  readonly data: Readonly<Partial<Record<DataSet, 'write' | 'follow'>>>;
  /** Path prefixes under which the edge sends requests here; `/` takes what nobody else does. */
  readonly publicPaths: readonly string[];
  /** Whether it checks the admin key, and so gets it mounted. */
  readonly checksAdminKey: boolean;
  /** Measured at the promised rate of one instance (bench/results.md); the request is derived from it. */
  readonly measured: {
    /** CPU at 1,000 requests a second. */
    readonly cpuMillisAtPromise: number;
    /** Resident memory of an idle instance. */
    readonly idleMemoryMiB: number;
  };
  /** Longest time a new process may take until it answers /healthz. */
  readonly startupSeconds: number;
  /** Connections one process holds to Redis; checked against maxclients. */
  readonly redisConnections: number;
  readonly objectives: Objectives;
}
