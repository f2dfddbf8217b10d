import { CONSTRUCT, canonicalKey } from './annotations.ts';

/** One step into an object: a key, or an index of a list. */
export type Key = string | number;

/**
 * A place in a manifest: its value and the way to it. Reading never throws, whatever shape the value has: what is not there, or is of another
 * type, reads as undefined or as an empty list. A finding points at a field, so a rule that reads through fields has its position for free.
 */
export class Field {
  readonly resource: Resource;
  readonly value: unknown;
  readonly #parent: Field | undefined;
  readonly #key: Key;

  constructor(resource: Resource, value: unknown, parent?: Field, key: Key = '') {
    this.resource = resource;
    this.value = value;
    this.#parent = parent;
    this.#key = key;
  }

  /** The field below, by keys: `field.at('spec', 'ports', 0, 'name')`. It exists even where the manifest has nothing there. */
  at(...keys: readonly Key[]): Field {
    let field: Field = this;
    for (const key of keys) field = new Field(this.resource, child(field.value, key), field, key);
    return field;
  }

  /** Whether the manifest says anything here; `null` counts as nothing, as it does for the API server. */
  get exists(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  get text(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined;
  }

  get number(): number | undefined {
    return typeof this.value === 'number' ? this.value : undefined;
  }

  get flag(): boolean | undefined {
    return typeof this.value === 'boolean' ? this.value : undefined;
  }

  /** A string or a number as text: what an int-or-string or a quantity may be. */
  get scalar(): string | undefined {
    return typeof this.value === 'string' || typeof this.value === 'number' ? String(this.value) : undefined;
  }

  /** The items of a list; none when this is not a list. */
  get items(): readonly Field[] {
    return Array.isArray(this.value)
      ? this.value.map((item, index) => new Field(this.resource, item, this, index))
      : [];
  }

  /** Every field at these keys, where `*` stands for each item of a list: `ingress.all('spec', 'rules', '*', 'host')`. */
  all(...keys: readonly Key[]): readonly Field[] {
    const star = keys.indexOf('*');
    if (star < 0) return [this.at(...keys)];
    return this.at(...keys.slice(0, star)).items.flatMap((item) => item.all(...keys.slice(star + 1)));
  }

  /** The texts of a list. */
  get words(): readonly string[] {
    return this.items.flatMap(({ text }) => text ?? []);
  }

  /** The entries of a map; none when this is not a map. */
  get entries(): readonly (readonly [string, Field])[] {
    if (!isRecord(this.value)) return [];
    return Object.entries(this.value).map(([key, value]) => [key, new Field(this.resource, value, this, key)] as const);
  }

  /** The entries of a map whose values are text, such as labels. */
  get texts(): Readonly<Record<string, string>> {
    if (!isRecord(this.value)) return {};
    return Object.fromEntries(
      Object.entries(this.value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  }

  /** The keys from the document's root. */
  get path(): readonly Key[] {
    return this.#parent ? [...this.#parent.path, this.#key] : [];
  }

  /** The path as Kubernetes writes it: `spec.template.spec.containers[0].image`, `metadata.labels["app.kubernetes.io/name"]`. */
  toString(): string {
    return formatPath(this.path);
  }
}

/** Whether a value is a map, and neither a list nor null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A path as Kubernetes writes it. */
export function formatPath(path: readonly Key[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    if (!/^[\w-]+$/.test(key)) return `${text}["${key}"]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

function child(value: unknown, key: Key): unknown {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined;
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

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

  /** Every field at these keys, as in Field.all. */
  all(...keys: readonly Key[]): readonly Field[] {
    return this.root.all(...keys);
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

/** Kinds of the built-in APIs, and of the CRDs that the platform uses, that live outside any namespace. */
const CLUSTER_SCOPED = new Set(
  `APIService CSIDriver CSINode CertificateSigningRequest ClusterExternalSecret ClusterGenerator ClusterIssuer
  ClusterPushSecret ClusterRole ClusterRoleBinding ClusterSecretStore ClusterTrustBundle
  CustomResourceDefinition DeviceClass FlowSchema GatewayClass IPAddress IngressClass MutatingAdmissionPolicy
  MutatingAdmissionPolicyBinding MutatingWebhookConfiguration Namespace Node PersistentVolume PriorityClass
  PriorityLevelConfiguration ResourceSlice RuntimeClass SelfSubjectAccessReview SelfSubjectReview
  SelfSubjectRulesReview ServiceCIDR StorageClass StorageVersionMigration SubjectAccessReview TokenReview
  ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration VolumeAttachment
  VolumeAttributesClass`.split(/\s+/),
);

/** Whether objects of this kind have no namespace. */
export function isClusterScoped({ kind }: { readonly kind: string }): boolean {
  return CLUSTER_SCOPED.has(kind);
}
