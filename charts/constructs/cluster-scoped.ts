import { type ApiObject, JsonPatch } from 'cdk8s';

/** Takes off the namespace that the chart gives to everything: Namespaces and PriorityClasses are in none. */
export function clusterScoped<T extends ApiObject>(object: T): T {
  object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  return object;
}
