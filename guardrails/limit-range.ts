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

/** The defaults of a namespace; a default limit is the default request too, as the API server reads it. */
export function limitRangeDefaults(platform: Platform, namespace: string): LimitRangeDefaults {
  const items = limitRangeItems(platform, namespace, 'Container');
  const first = (key: string, resource: ResourceName): number | undefined =>
    items.map((item) => parseQuantity(item.at(key, resource).value)).find((value) => value !== undefined);
  return {
    request: (resource) => first('defaultRequest', resource) ?? first('default', resource),
    limit: (resource) => first('default', resource),
  };
}

const index = oncePerPlatform((platform) => {
  const items = new Map<string, Field[]>();
  for (const range of platform.ofKind('LimitRange')) {
    items.set(range.namespace, [...(items.get(range.namespace) ?? []), ...range.at('spec', 'limits').items]);
  }
  return items;
});
