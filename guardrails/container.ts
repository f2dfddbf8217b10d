import type { Field } from './field.ts';
import { parseQuantity } from './quantity.ts';

/** `init` runs before the others and ends; `sidecar` is an init container that stays (restartPolicy Always). */
export type ContainerRole = 'main' | 'init' | 'sidecar';

export type ResourceName = 'cpu' | 'memory' | 'ephemeral-storage';

export interface ContainerPort {
  readonly field: Field;
  readonly name: string | undefined;
  readonly number: number | undefined;
  readonly protocol: string;
}

/** One container of a pod template. */
export class Container {
  readonly field: Field;
  readonly role: ContainerRole;

  constructor(field: Field, role: ContainerRole) {
    this.field = field;
    this.role = role;
  }

  get name(): string {
    return this.field.at('name').text ?? '';
  }

  get image(): Field {
    return this.field.at('image');
  }

  get env(): readonly Field[] {
    return this.field.at('env').items;
  }

  get ports(): readonly ContainerPort[] {
    return this.field.at('ports').items.map((field) => ({
      field,
      name: field.at('name').text,
      number: field.at('containerPort').number,
      protocol: field.at('protocol').text ?? 'TCP',
    }));
  }

  /** Cores or bytes requested. A limit without a request is the request too, as the API server defaults it. */
  request(resource: ResourceName): number | undefined {
    return parseQuantity(this.field.at('resources', 'requests', resource).value) ?? this.limit(resource);
  }

  /** Cores or bytes at most. */
  limit(resource: ResourceName): number | undefined {
    return parseQuantity(this.field.at('resources', 'limits', resource).value);
  }

  /** The probes that it has, by name. */
  get probes(): readonly (readonly ['startupProbe' | 'livenessProbe' | 'readinessProbe', Field])[] {
    const names = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const;
    return names.map((name) => [name, this.field.at(name)] as const).filter(([, probe]) => probe.exists);
  }
}
