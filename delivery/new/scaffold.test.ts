import { describe, expect, it } from 'vitest';
import { scaffold } from './scaffold.ts';

describe('something new', () => {
  it('is a data file for a service, and says where its line goes', () => {
    const { files, next } = scaffold('service', 'my-cache', []);
    expect([...files.keys()]).toEqual(['charts/services/my-cache.ts']);
    expect(files.get('charts/services/my-cache.ts')).toContain(
      "export const myCache: ServiceSpec = {\n  name: 'my-cache',",
    );
    expect(next.join()).toContain('charts/catalog.ts');
  });

  it('is a data file for an environment, and says where its line goes', () => {
    const { files, next } = scaffold('environment', 'demo', ['dev']);
    expect([...files.keys()]).toEqual(['charts/environments/demo.ts']);
    expect(files.get('charts/environments/demo.ts')).toContain(
      "export const demo: EnvironmentWithStore = {\n  ...staging,\n  name: 'demo',",
    );
    expect(next.join()).toContain('charts/environments/all.ts');
  });

  it.each(['', 'My-Cache', '1st', 'a_b', 'end-', '../x'])('is refused under the name %j', (name) => {
    expect(() => scaffold('service', name, [])).toThrow(`service name '${name}': use 1 to 63 lower-case letters`);
  });

  it.each(['class', 'public', 'default', 'await'])('is refused under the name %j, which would not compile', (name) => {
    expect(() => scaffold('service', name, [])).toThrow(`service name '${name}' is a word of TypeScript`);
  });

  it('is refused under a name that is taken', () => {
    expect(() => scaffold('environment', 'dev', ['dev'])).toThrow("'dev' is taken by another environment");
  });
});
