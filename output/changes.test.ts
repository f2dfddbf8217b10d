import { describe, expect, it } from 'vitest';
import { changesBetween, differingFiles } from './changes.ts';
import { fileText } from './manifest-yaml.ts';

function config(name: string, value: string) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'quotes-dev' }, data: { value } };
}

function folder(...objects: ReturnType<typeof config>[]): Map<string, string> {
  return new Map([['dev.k8s.yaml', fileText({ path: 'dev.k8s.yaml', objects })]]);
}

describe('changes between two states of dist/', () => {
  it('names what was added, changed and removed', () => {
    const before = folder(config('kept', '1'), config('edited', '1'), config('gone', '1'));
    const after = folder(config('kept', '1'), config('edited', '2'), config('new', '1'));
    expect(changesBetween(before, after)).toEqual({
      added: ['ConfigMap quotes-dev/new'],
      changed: ['ConfigMap quotes-dev/edited'],
      removed: ['ConfigMap quotes-dev/gone'],
    });
  });

  it('does not call an object changed that only moved within its file', () => {
    const [a, b] = [config('a', '1'), config('b', '1')];
    expect(changesBetween(folder(a, b), folder(b, a))).toEqual({ added: [], changed: [], removed: [] });
  });

  it('names an object without a namespace by its kind and name', () => {
    const namespace = 'kind: Namespace\nmetadata:\n  name: quotes-dev\n';
    expect(changesBetween(new Map(), new Map([['dev.k8s.yaml', namespace]])).added).toEqual(['Namespace quotes-dev']);
  });

  it('takes a file that is no YAML, and documents that are no objects, for empty', () => {
    const before = new Map([
      ['broken.yaml', 'a: b: c: {'],
      ['scalar.yaml', 'just text'],
      ['nameless.yaml', 'kind: ConfigMap'],
    ]);
    expect(changesBetween(before, folder(config('a', '1'))).added).toEqual(['ConfigMap quotes-dev/a']);
  });

  it('looks only into files that differ', () => {
    const before = new Map([
      ['same', 'x'],
      ['edited', '1'],
      ['gone', 'y'],
    ]);
    const after = new Map([
      ['same', 'x'],
      ['edited', '2'],
      ['new', 'z'],
    ]);
    const differing = differingFiles(before, after);
    expect([...differing.before.keys()]).toEqual(['edited', 'gone']);
    expect([...differing.after.keys()]).toEqual(['edited', 'new']);
  });
});
