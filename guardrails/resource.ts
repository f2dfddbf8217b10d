import { CONSTRUCT, canonicalKey } from './annotations.ts';
import { Field, type Key } from './field.ts';
import { isClusterScoped } from './scope.ts';

/** Where an object came from: its file, which document of it, and where in that document when it was an item of a List. */
export interface Origin {
  readonly file: string;
  readonly document: number;
  readonly within: readonly Key[];
}

/** One Kubernetes object of the platform. */
export class Resource {
  readonly origin: Origin;
  readonly root: Field;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** The namespace it lands in: `default` when it names none, empty when its kind has none. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly #prefixes: readonly string[];
  /** With the guardrails' own keys under their default prefix. */
  readonly annotations: Readonly<Record<string, string>>;

  /** @param prefixes under which annotations of the guardrails are read too */
  constructor(origin: Origin, value: unknown, prefixes: readonly string[] = []) {
    this.origin = origin;
    this.root = new Field(this, value);
    this.apiVersion = this.root.at('apiVersion').text ?? '';
    this.kind = this.root.at('kind').text ?? '';
    const metadata = this.root.at('metadata');
    this.name = metadata.at('name').text ?? '';
    this.labels = metadata.at('labels').texts;
    const annotations = Object.entries(metadata.at('annotations').texts);
    this.annotations = Object.fromEntries(annotations.map(([key, text]) => [canonicalKey(key, prefixes), text]));
    this.#prefixes = prefixes;
    this.namespace = isClusterScoped(this) ? '' : (metadata.at('namespace').text ?? 'default');
  }

  /** The group of its API: empty for the core group. */
  get group(): string {
    return this.apiVersion.includes('/') ? this.apiVersion.slice(0, this.apiVersion.indexOf('/')) : '';
  }

  /** The field at these keys: `service.at('spec', 'ports')`. */
  at(...keys: readonly Key[]): Field {
    return this.root.at(...keys);
  }

  /** The annotation with this key, under whichever prefix it is written. */
  annotation(key: string): Field {
    const annotations = this.at('metadata', 'annotations');
    return (
      annotations.entries.find(([written]) => canonicalKey(written, this.#prefixes) === key)?.[1] ?? annotations.at(key)
    );
  }

  /** Where in our code it was built, when the manifest says so. */
  get construct(): string | undefined {
    return this.annotations[CONSTRUCT];
  }

  /** `Deployment shop/cart`, as people name it. */
  toString(): string {
    return `${this.kind} ${this.namespace === '' ? '' : `${this.namespace}/`}${this.name}`;
  }
}
