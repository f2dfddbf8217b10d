/** Where secret values come from. */
export type Secrets =
  /** Values that stand in dist/, marked as such: for dev only. */
  | {
      readonly kind: 'literal';
      /** By key; keys are unique over all secrets. */
      readonly values: Readonly<Record<string, string>>;
    }
  /** Values in a vault, copied by the External Secrets operator: nothing secret is in git. */
  | {
      readonly kind: 'external';
      readonly store: SecretStore;
      /** How often the operator looks for a new value, in Go's notation. */
      readonly refreshInterval: string;
    };

/** The vault behind the External Secrets operator. */
export interface SecretStore {
  readonly kind: 'SecretStore' | 'ClusterSecretStore';
  readonly name: string;
  readonly provider: SecretProvider;
}

export type SecretProvider =
  | { readonly kind: 'vault'; readonly server: string; readonly path: string; readonly role: string }
  | { readonly kind: 'aws'; readonly region: string }
  | { readonly kind: 'gcp'; readonly project: string };
