/** One object of a question. */
export interface Candidate {
  readonly object?: unknown;
  /** The object as text, where doubled fields may matter. */
  readonly text?: string;
  /** What it would replace. */
  readonly previous?: unknown;
}

export interface ObjectsQuestion {
  readonly ask: 'objects';
  readonly objects: readonly Candidate[];
  /** What stands in the cluster already. @default - what the objects say of each other */
  readonly cluster?: readonly unknown[];
  /** A Pod Security level to ask for beside what the namespaces declare. */
  readonly level?: 'baseline' | 'restricted';
  /** Takes namespaces, accounts and classes that the question does not hold as present in the cluster. */
  readonly assume?: boolean;
}

/** Where the pods of these objects land on these nodes. */
export interface PlacementQuestion {
  readonly ask: 'placement';
  readonly objects: readonly Candidate[];
  readonly nodes: readonly {
    readonly name: string;
    readonly zone?: string;
    readonly cpu: string;
    readonly memory: string;
    /** Local storage. @default 1Ti */
    readonly ephemeral?: string;
    readonly pods?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  }[];
  /** Orders of the pods that are tried beside that of the file. @default 0 */
  readonly orders?: number;
  /** Decides between nodes that are equally good, which a scheduler does by chance. @default 0 */
  readonly seed?: number;
  /** Asks for the maximum alone, placed this many times from the seed on. */
  readonly ties?: number;
}

/** What the scheduler did in one situation. */
export interface Scenario {
  readonly name: string;
  readonly pods: number;
  /** `volume`: it waits because the place where its volume is was lost. */
  readonly pending: readonly { readonly pod: string; readonly why: string; readonly volume?: boolean }[];
  /** Pods that had to go for more important ones. */
  readonly evicted?: readonly string[];
  readonly nodes: Readonly<Record<string, readonly string[]>>;
}

/** What the pods at the maximum, in a rollout, take of a figure of a quota. */
export interface QuotaUse {
  readonly namespace: string;
  readonly quota: string;
  readonly resource: string;
  readonly used: string;
  readonly hard: string;
  readonly exceeded?: boolean;
}

/** How many pods an object makes, and what one of them requests. `name` begins the names of its pods. */
export interface PlacedWorkload {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly surge?: number;
  readonly cpu: string;
  readonly memory: string;
}

export type Question =
  | ObjectsQuestion
  | PlacementQuestion
  | { readonly ask: 'version' }
  | { readonly ask: 'definitions'; readonly kinds: readonly string[] };

/** A field that the server named, with its reason and its words. */
export interface Cause {
  readonly field: string;
  readonly reason: string;
  readonly message: string;
}

/** The server's answer to one object. */
export interface ObjectAnswer {
  /** `unknown`: no definition of this kind is known. */
  readonly verdict: 'accepted' | 'refused' | 'unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly causes?: readonly Cause[];
  readonly warnings?: readonly string[];
  /** The answer to the pods that the object would make, where it has anything to say. */
  readonly pods?: ObjectAnswer;
  /** What the level that was asked for forbids. */
  readonly security?: readonly { readonly level: string; readonly reason: string; readonly detail: string }[];
  /** What Prometheus and Alertmanager refuse of the texts in the object. */
  readonly texts?: readonly { readonly field: string; readonly kind: string; readonly message: string }[];
}

export interface Answer {
  readonly id: number;
  readonly answers?: readonly ObjectAnswer[];
  readonly version?: { readonly kubernetes: string; readonly texts: boolean; readonly customs: readonly string[] };
  readonly definitions?: readonly object[];
  readonly scenarios?: readonly Scenario[];
  readonly quotas?: readonly QuotaUse[];
  readonly workloads?: readonly PlacedWorkload[];
  readonly error?: string;
}
