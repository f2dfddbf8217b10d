import type { ResourceName } from './container.ts';
import type { Field } from './field.ts';
import { oncePerPlatform } from './memo.ts';
import type { Platform } from './platform.ts';
import { parseQuantity } from './quantity.ts';

/** What a namespace's LimitRanges give to containers that say nothing. */
export interface LimitRangeDefaults {
  request(resource: ResourceName): number | undefined;
  limit(resource: ResourceName): number | undefined;
}

/** The `limits` entries of a type (Container, Pod, PersistentVolumeClaim) in a namespace's LimitRanges. */
export function limitRangeItems(platform: Platform, namespace: string, type: string): readonly Field[] {
  return (index(platform).get(namespace) ?? []).filter((item) => item.at('type').text === type);
}

/** The defaults of a namespace, filled as the API server fills them: the default limit from the maximum, the default request from both or the minimum. */
export function limitRangeDefaults(platform: Platform, namespace: string): LimitRangeDefaults {
  const items = limitRangeItems(platform, namespace, 'Container');
  const first = (resource: ResourceName, ...keys: readonly string[]): number | undefined =>
    keys
      .flatMap((key) => items.map((item) => parseQuantity(item.at(key, resource).value)))
      .find((value) => value !== undefined);
  return {
    request: (resource) => first(resource, 'defaultRequest', 'default', 'min', 'max'),
    limit: (resource) => first(resource, 'default', 'max'),
  };
}

const index = oncePerPlatform((platform) => {
  const items = new Map<string, Field[]>();
  for (const range of platform.ofKind('LimitRange')) {
    items.set(range.namespace, [...(items.get(range.namespace) ?? []), ...range.at('spec', 'limits').items]);
  }
  return items;
});
