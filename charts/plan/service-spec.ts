import * as z from 'zod';
import type { Environment } from './environment.ts';
import { addressRange } from './networks.ts';
import {
  configKey,
  containerSize,
  type Frozen,
  folder,
  httpPath,
  IMAGE_NAME,
  IMAGE_TAG,
  line,
  matching,
  port,
  positive,
  serviceName,
  text,
  whole,
} from './schema.ts';

/** What the environment of a process may depend on, beside its own connections. */
export interface EnvContext {
  readonly environment: Environment;
  readonly version: string;
  /** The address that people type. */
  readonly publicUrl: string;
  /** Folder of the service's secret files; null where it has none, or gets its secrets otherwise. */
  readonly secretsDir: string | null;
}

/** The environment of a process, computed from what the environment chose. It must not hold a secret. */
export type EnvOf = (context: EnvContext) => Readonly<Record<string, string>>;

const portName = matching(
  /^(?=.*[a-z])(?!.*--)[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?$/,
  "is not the name of a port; use 1 to 15 lower-case letters, digits and single '-'",
);
/** As a shell takes it, or with dots, as some images want it: `discovery.type`. */
export const variable = matching(
  /^[A-Za-z_][\w.]*$/,
  "is not the name of a variable; use letters, digits, '_' and '.'",
  'name of a variable',
);

/** What stands in the keys of a store, and in the patterns of its users. */
const dataSet = matching(/^[\w-]+$/, "is not the name of a data set; use letters, digits, '-' and '_'");
const metricLine = matching(
  /^[a-zA-Z_:][\w:]*(\{[\w, ]*\})? (counter|gauge|histogram|summary)$/,
  'is not a metric; write its name, its labels and its type, as in requests_total{code} counter',
);

/** What a probe asks of a port. */
const check = z
  .union([
    z.strictObject({
      http: httpPath,
      /** Name of another port that answers it. @default - the one of the probes */
      port: z.exactOptional(text),
    }),
    z.strictObject({ grpc: z.literal(true) }),
    z.strictObject({ tcp: z.literal(true) }),
  ])
  .meta({
    title: '`{ http: path }` (with `port: name` where another one answers), `{ grpc: true }` or `{ tcp: true }`',
  });

const connection = z.union([
  /** To a service of the catalog or to what a part offers (a store, the trace collector). */
  z.strictObject({
    to: text,
    /** The variable that carries the address of a called service. @default - none is set */
    env: z.exactOptional(variable),
    /** How the address is written: `http://cart:7070` or `cart:7070`. @default url */
    as: z.exactOptional(z.enum(['url', 'address'])),
    /** Connections that one pod holds, for what bounds them. @default - nobody counts */
    perPod: z.exactOptional(whole(1)),
    /** What it may do there, by data set: a store makes a user of its own of it. What is not named it may not touch. @default - nothing */
    rights: z.exactOptional(z.record(dataSet, z.enum(['write', 'follow', 'keep']))),
    /** Whether the service runs without it, and nobody may offer it. @default - false */
    optional: z.exactOptional(z.boolean()),
  }),
  /** To addresses outside of the cluster. */
  z.strictObject({ addresses: z.array(addressRange).min(1) }),
]);

/** One Secret of which the service reads some keys, as files. */
const secretUse = z.strictObject({
  name: serviceName,
  keys: z
    .array(
      z.strictObject({
        key: configKey,
        /** What it opens, for the person who must fill it. */
        description: text,
        /** May be missing: it is there only while a rotation goes on. @default - false */
        optional: z.exactOptional(z.boolean()),
        /** The variable that carries it on a laptop, where no file is mounted. @default - none */
        variable: z.exactOptional(variable),
      }),
    )
    .min(1),
});

/** Where secret files are mounted, unless the service wants them elsewhere. */
export const SECRETS_DIR = '/run/secrets/app';

/**
 * The intrinsic need of one service: what is true of it in every environment, whoever wrote its image.
 * What an environment decides (replicas, hosts, log level) is not here; the plan joins the two.
 */
export const SERVICE_SPEC = z.strictObject({
  name: serviceName,
  /** One line for people: README, dashboards, runbooks. */
  description: line,
  /** By exact tag and, where its source can be cited, by digest. @default - the platform's own image at the environment's release */
  image: z.exactOptional(
    matching(
      new RegExp(`^${IMAGE_NAME}:${IMAGE_TAG}(@sha256:[0-9a-f]{64})?$`),
      'names no one image; give its exact tag, and never latest',
    ),
  ),
  /** In place of the image's own. @default - the image's */
  command: z.exactOptional(z.array(z.string())),
  args: z.exactOptional(z.array(z.string())),
  /** User and group of the process. @default 10001 */
  uid: z.exactOptional(whole(1)),
  /** Container ports by name, all of them TCP; the first is the one that callers reach. Empty for what nobody calls. */
  ports: z.record(portName, port),
  /** What the Service listens on for the first port. @default - the same number */
  servicePort: z.exactOptional(port),
  /** When the process is alive, and when it takes requests. @default - when its first port accepts a connection */
  probes: z.exactOptional(
    z.strictObject({
      /** Name of the port that is asked. @default - the first */
      port: z.exactOptional(text),
      /** @default - when the port accepts a connection: what only says that it is not ready must not restart it */
      live: z.exactOptional(check),
      ready: check,
    }),
  ),
  /** Longest time a new process may take until it is alive. @default 30 */
  startupSeconds: z.exactOptional(positive()),
  /** Its environment; must not hold a secret. @default - nothing beside its connections */
  env: z.exactOptional(
    z.union([z.record(variable, z.string()), z.custom<EnvOf>((value) => typeof value === 'function')]),
  ),
  /** @default - none */
  secrets: z.exactOptional(z.array(secretUse)),
  /** Folder in which the secrets' keys are files. @default /run/secrets/app */
  secretsDir: z.exactOptional(folder),
  /**
   * Folder in which it finds its certificate where the environment has TLS inside. Its first port then takes clients with a certificate of
   * the same authority alone, and it shows its own to those that it calls. @default - it speaks plain text everywhere
   */
  tlsDir: z.exactOptional(folder),
  /** Whom it calls: each yields the address in its environment, both sides of the policy, the Compose link, a line in the diagram. @default - nobody */
  connections: z.exactOptional(z.array(connection)),
  /** Path prefixes under which the edge sends requests here; `/` takes what nobody else does. @default - none */
  routes: z.exactOptional(
    z.array(
      matching(
        /^\/(?:[a-z0-9-]+(?:\/[a-z0-9-]+)*)?$/,
        "is not a path prefix; use '/', or words of lower-case letters such as '/quotes'",
      ),
    ),
  ),
  /** What it answers over HTTP beside its probes and metrics, by port name: what a route or a probe may ask. @default - unknown */
  paths: z.exactOptional(z.array(httpPath)),
  /** Where it shows figures, and which: `name{labels} type`, a line each. Rules and dashboards use what they know. @default - it shows none */
  metrics: z.exactOptional(z.strictObject({ port: text, path: httpPath, lines: z.array(metricLine) })),
  /** What it promises; rules, alerts and error budgets are compiled from it. @default - nothing */
  objectives: z.exactOptional(
    z.strictObject({
      /** Share of requests that do not end in a 5xx, in percent. */
      availabilityPercent: z.number().refine((percent) => percent >= 50 && percent < 100, {
        error: (issue) =>
          `is ${String(issue.input)}, which is not a percentage with an error budget; give one from 50 to below 100, as in 99.9`,
      }),
      /** 95 % of requests are faster than this. */
      p95Seconds: positive(),
      /** 99 % of requests are faster than this. */
      p99Seconds: positive(),
    }),
  ),
  /** Requests and limits in every environment. @default - from `measured`, or the environment's own */
  resources: z.exactOptional(containerSize),
  /** Measured figures, from which an environment derives the request. @default - unknown */
  measured: z.exactOptional(
    z.strictObject({
      /** CPU at 1,000 requests a second. */
      cpuMillisPer1000: positive(),
      /** Resident memory of an idle instance. */
      idleMemoryMiB: positive(),
    }),
  ),
  /** Folders that it writes to and loses with the pod: their size in MiB by path. @default - none */
  scratch: z.exactOptional(z.record(folder, whole(1))),
  /** A volume that it keeps. There is one pod of it then, everywhere. @default - none */
  volume: z.exactOptional(z.strictObject({ path: folder, sizeGi: whole(1) })),
  /** Why one pod is enough everywhere, after the longest outage that its move may cause: `2m: carts are lost with it`. @default - it scales */
  singleton: z.exactOptional(
    matching(/^(\d+[smh])+: *\S/, "is not a time and a reason; write both, as in '2m: carts are lost with it'"),
  ),
  /** Whether the process drains by itself on SIGTERM. Otherwise this command runs first, to let the balancers notice. @default - it drains */
  preStop: z.exactOptional(z.array(z.string())),
  /** Rules of the guardrails that this image cannot keep, with the reason. @default - none */
  exemptions: z.exactOptional(z.record(z.string(), text)),
});

export type ServiceSpec = Frozen<z.infer<typeof SERVICE_SPEC>>;
export type ConnectionSpec = NonNullable<ServiceSpec['connections']>[number];
export type Named = Extract<ConnectionSpec, { to: string }>;
export type Objectives = NonNullable<ServiceSpec['objectives']>;
export type SecretUse = NonNullable<ServiceSpec['secrets']>[number];
export type Check = NonNullable<ServiceSpec['probes']>['ready'];

/** The port that callers reach: its name, the container's number and the Service's; null for what nobody calls. */
export function mainPortOf({ ports, servicePort }: Pick<ServiceSpec, 'ports' | 'servicePort'>) {
  const [first] = Object.entries(ports);
  if (first === undefined) return null;
  const [name, number] = first;
  return { name, number, service: servicePort ?? number };
}

/** The container port that a check asks; undefined for what has none. */
export function checkedPort(service: ServiceSpec, check: Check): number | undefined {
  const name = 'http' in check ? (check.port ?? service.probes?.port) : service.probes?.port;
  return name === undefined ? mainPortOf(service)?.number : service.ports[name];
}

/** The connections that name a service or an offer. */
export function namedConnections({ connections = [] }: Pick<ServiceSpec, 'connections'>): Named[] {
  return connections.flatMap((found) => ('to' in found ? [found] : []));
}

export function clientsOf(offer: string, catalog: readonly ServiceSpec[]): ServiceSpec[] {
  return catalog.filter((service) => namedConnections(service).some(({ to }) => to === offer));
}

export function isSingleton({ singleton, volume }: Pick<ServiceSpec, 'singleton' | 'volume'>): boolean {
  return singleton !== undefined || volume !== undefined;
}
