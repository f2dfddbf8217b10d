import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import * as z from 'zod';

/** As much of a rendered object as delivery asks for. */
const Rendered = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
export type Rendered = z.infer<typeof Rendered>;

export function distFile(environment: string): string {
  return join('dist', `${environment}.k8s.yaml`);
}

/**
 * The objects of an environment as they are committed.
 * @throws Error where dist/ has no such environment
 */
export function renderedObjects(root: string, environment: string): readonly Rendered[] {
  try {
    return z.array(Rendered).parse(loadAll(readFileSync(join(root, distFile(environment)), 'utf8')));
  } catch (error) {
    throw new Error(`${distFile(environment)} cannot be read; give an environment of dist/, or run npm run synth`, {
      cause: error,
    });
  }
}

/** The one image below `repository` that the objects run, by tag and perhaps digest. */
export function ownImage(objects: readonly Rendered[], repository: string): string {
  const image = JSON.stringify(objects)
    .split('"')
    .find((text) => text.startsWith(`${repository}:`));
  if (image === undefined) throw new Error(`no container runs an image of ${repository}`);
  return image;
}
