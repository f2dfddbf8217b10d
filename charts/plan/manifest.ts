/** A Kubernetes object as plain data. */
export type Manifest = Readonly<Record<string, unknown>>;

/** One file of dist/. */
export interface ManifestFile {
  /** Relative to dist/, with forward slashes. */
  readonly path: string;
  readonly objects: readonly Manifest[];
}
