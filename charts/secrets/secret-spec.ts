/** One key of a Secret: what it opens, for the person who must fill it. */
export interface SecretKey {
  readonly key: string;
  readonly description: string;
  /** May be missing: it is there only while a rotation goes on. @default - false */
  readonly optional?: boolean;
}

/** A Secret that the environment needs, by name and keys; its values come from the environment's choice of `secrets`. */
export interface SecretSpec {
  readonly name: string;
  /** @default - the environment's own namespace */
  readonly namespace?: string;
  readonly keys: readonly SecretKey[];
}
