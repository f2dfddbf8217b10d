import { describe, expect, it } from 'vitest';
import { PLATFORM } from '../../test/platform.ts';
import { scaffold } from './scaffold.ts';

describe('something new', () => {
  it('is a data file for a service, and says where its line goes', () => {
    const { files, next } = scaffold('service', 'my-cache', PLATFORM);
    expect([...files.keys()]).toEqual(['charts/services/my-cache.ts']);
    expect(files.get('charts/services/my-cache.ts')).toContain(
      "export const myCache: ServiceSpec = {\n  name: 'my-cache',",
    );
    expect(next.join()).toContain('charts/catalog.ts');
  });

  it('is a data file for an environment, and says where its line goes', () => {
    const { files, next } = scaffold('environment', 'trial', PLATFORM);
    expect([...files.keys()]).toEqual(['charts/environments/trial.ts']);
    expect(files.get('charts/environments/trial.ts')).toContain(
      "export const trial: EnvironmentWithStore = {\n  ...staging,\n  name: 'trial',",
    );
    expect(next.join()).toContain('charts/environments/all.ts');
  });

  it.each(['', 'My-Cache', '1st', 'a_b', 'end-', '../x'])('is refused under the name %j', (name) => {
    expect(() => scaffold('service', name, PLATFORM)).toThrow(`service name '${name}': use 1 to 63 lower-case letters`);
  });

  it.each(['class', 'public', 'default', 'await', 'project', 'koa-service'])(
    'is refused under the name %j, which would not compile',
    (name) => {
      expect(() => scaffold('service', name, PLATFORM)).toThrow(`service name '${name}' is a word of TypeScript`);
    },
  );

  it('is refused under a name that is taken', () => {
    expect(() => scaffold('environment', 'dev', PLATFORM)).toThrow("'dev' is taken by another environment");
  });

  it('is refused under a name that synthesis would refuse, in its words', () => {
    expect(() => scaffold('service', 'redis', PLATFORM)).toThrow("the name 'redis' belongs to the part 'redis'");
    expect(() => scaffold('service', 'overview', PLATFORM)).toThrow("the name 'overview' belongs to a dashboard");
    expect(() => scaffold('service', 'a'.repeat(50), PLATFORM)).toThrow('Grafana takes 40 characters at most');
    expect(() => scaffold('service', 'constructor', PLATFORM)).toThrow("name 'constructor' is");
    expect(() => scaffold('environment', 'argocd', PLATFORM)).toThrow("the name 'argocd' belongs to another file");
    expect(() => scaffold('environment', 'e'.repeat(50), PLATFORM)).toThrow('is too long: its monitoring is in');
  });
});
