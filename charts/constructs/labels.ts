/** The two stable labels that selectors use: they never change, because a selector is immutable. */
export interface SelectorLabels extends Readonly<Record<string, string>> {
  readonly 'app.kubernetes.io/name': string;
  readonly 'app.kubernetes.io/instance': string;
}

/** `instance` tells two installations in one cluster apart: the namespace. */
export function selectorLabels(name: string, instance: string): SelectorLabels {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': instance };
}

export interface LabelOptions {
  readonly name: string;
  readonly instance: string;
  readonly partOf: string;
  readonly component: 'service' | 'store' | 'monitoring' | 'edge' | 'policy' | 'platform';
  /** Exact tag of what runs; omitted for objects that do not run. */
  readonly version?: string;
}

/** The labels that Kubernetes recommends, for people and tools; only the selector's two carry meaning for controllers. */
export function recommendedLabels(options: LabelOptions): Record<string, string> {
  return {
    ...selectorLabels(options.name, options.instance),
    'app.kubernetes.io/component': options.component,
    'app.kubernetes.io/part-of': options.partOf,
    'app.kubernetes.io/managed-by': 'cdk8s',
    ...(options.version === undefined ? {} : { 'app.kubernetes.io/version': options.version }),
  };
}

export function versionOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/^.*:v?/, '');
}

export interface Identity {
  readonly name: string;
  /** @default - the chart's */
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
}

export function metadataOf({ name, namespace, labels }: Identity) {
  return { name, ...(namespace === undefined ? {} : { namespace }), labels: { ...labels } };
}
