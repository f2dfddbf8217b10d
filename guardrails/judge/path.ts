import type { Key } from '../field.ts';

/** The keys of a path as Kubernetes writes it: `spec.ports[0].name`, `data[a.b]`; `[]` and `<nil>` are the object itself. */
export function keysOf(path: string): readonly Key[] {
  return [...path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].flatMap(([, inBrackets, plain]) => {
    const key = inBrackets ?? plain ?? '';
    if (key === '' || key === '<nil>') return [];
    return [inBrackets !== undefined && /^\d+$/.test(key) ? Number(key) : key];
  });
}
