import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import type { Manifest } from '../../charts/plan/part.ts';
import type { Installation } from './helm-chart.ts';

/** Folded lines would come back differently from some readers. */
const WHOLE_LINES = { lineWidth: -1, noRefs: true };

/** One overlay an environment: its services without namespace and tag, which kustomize puts in, and the rest as it is. */
export function writeKustomizations(folder: string, installations: readonly Installation[]): void {
  for (const { environment, services, rest } of installations) {
    const [overlay, inner] = [join(folder, environment), join(folder, environment, 'services')];
    mkdirSync(inner, { recursive: true });
    let namespace = '';
    for (const [name, objects] of services) {
      namespace = String(Object(objects[0]?.['metadata']).namespace);
      writeFileSync(
        join(inner, `${name}.yaml`),
        objects.map((object) => `---\n${dump(stripped(object), WHOLE_LINES)}`).join(''),
      );
    }
    const resources = [...services.keys()].map((name) => `${name}.yaml`);
    const images = [{ name: 'ghcr.io/quotes-platform/quotes', newTag: '1.0.0' }];
    writeFileSync(join(inner, 'kustomization.yaml'), dump({ namespace, images, resources }));
    writeFileSync(join(overlay, 'rest.yaml'), rest.map((object) => `---\n${dump(object, WHOLE_LINES)}`).join(''));
    writeFileSync(join(overlay, 'kustomization.yaml'), dump({ resources: ['services', 'rest.yaml'] }));
  }
}

function stripped(object: Manifest): unknown {
  const { namespace: _, ...metadata } = Object(object['metadata']);
  return JSON.parse(JSON.stringify({ ...object, metadata }).replaceAll('/quotes:1.0.0"', '/quotes"'));
}
