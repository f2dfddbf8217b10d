import { chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Manifest } from '../../charts/plan/manifest.ts';
import { ROOT } from '../../root.ts';
import { at, theOnly } from '../../test/manifests.ts';
import { ProjectedVolume } from '../redis/projected-volume.ts';
import type { Mounts } from './container.ts';

const NAMESPACE = 'quotes-production';

/** What is applied: dist/, not what the sources of this moment would render. */
export function renderedManifests(): Manifest[] {
  const documents = loadAll(readFileSync(join(ROOT, 'dist/production.k8s.yaml'), 'utf8')) as (Manifest | null)[];
  return documents
    .filter((document) => document !== null)
    .filter((document) => at(document, 'metadata.namespace') === NAMESPACE);
}

/** Passwords of the store that the service under test logs in with. */
export function ownPasswordKeys(): string[] {
  return new Workload(renderedManifests(), 'Deployment', 'quotes')
    .secretKeys()
    .map(({ key }) => key)
    .filter((key) => key.startsWith('redis-'));
}

/** Passwords of the store that a rotation replaces: each has a second key, which is accepted meanwhile. */
export function rotatedKeys(): string[] {
  const keys = new Workload(renderedManifests(), 'StatefulSet', 'redis').secretKeys().map(({ key }) => key);
  return keys.filter((key) => keys.includes(`${key}-standby`));
}

/** What a rendered workload says about one of its containers. */
export class Workload {
  readonly #manifests: readonly Manifest[];
  readonly manifest: Manifest;
  readonly #container: unknown;

  constructor(manifests: readonly Manifest[], kind: 'StatefulSet' | 'Deployment', name: string) {
    this.#manifests = manifests;
    this.manifest = theOnly(manifests, kind, name);
    this.#container = list(at(this.manifest, 'spec.template.spec.containers'))[0];
  }

  get command(): readonly string[] {
    return [...list(at(this.#container, 'command')), ...list(at(this.#container, 'args'))].map(String);
  }

  get readinessCommand(): readonly string[] {
    return list(at(this.#container, 'readinessProbe.exec.command')).map(String);
  }

  get user(): number {
    return Number(at(this.#container, 'securityContext.runAsUser'));
  }

  get graceSeconds(): number {
    return Number(at(this.manifest, 'spec.template.spec.terminationGracePeriodSeconds'));
  }

  /** Variables of a pod; `$(NAME)` stands for an earlier one, as Kubernetes expands it. */
  env(pod: { readonly name: string; readonly address: string }): Record<string, string> {
    const fields: Record<string, string> = { 'metadata.name': pod.name, 'status.podIP': pod.address };
    const env: Record<string, string> = {};
    for (const source of list(at(this.#container, 'envFrom'))) {
      Object.assign(env, this.#configMap(String(at(source, 'configMapRef.name'))));
    }
    for (const entry of list(at(this.#container, 'env'))) {
      const value = at(entry, 'value') ?? fields[String(at(entry, 'valueFrom.fieldRef.fieldPath'))] ?? '';
      env[String(at(entry, 'name'))] = String(value).replace(/\$\((\w+)\)/g, (_, name: string) => env[name] ?? '');
    }
    return env;
  }

  /** Every key of every Secret that the pod mounts, by Secret; optional ones are what a rotation brings. */
  secretKeys(): { secret: string; key: string; optional: boolean }[] {
    return this.#volumes().flatMap((volume) =>
      list(at(volume, 'projected.sources')).flatMap((source) =>
        list(at(source, 'secret.items')).map((item) => ({
          secret: String(at(source, 'secret.name')),
          key: String(at(item, 'key')),
          optional: at(source, 'secret.optional') === true,
        })),
      ),
    );
  }

  /** The container's mounts in a folder of the pod; `data` is its volume. */
  mounts(folder: string, data: string | undefined): { mounts: Mounts; secrets: ProjectedVolume } {
    const secrets = new ProjectedVolume(join(folder, 'secrets'), this.manifest);
    const volumes = new Map(this.#volumes().map((volume) => [String(at(volume, 'name')), volume]));
    const mounts = list(at(this.#container, 'volumeMounts')).map((mount) => {
      const name = String(at(mount, 'name'));
      const source = this.#source({ name, volume: volumes.get(name), folder, data });
      return [source, String(at(mount, 'mountPath'))] as const;
    });
    return { mounts, secrets };
  }

  #source({
    name,
    volume,
    folder,
    data,
  }: {
    name: string;
    volume: unknown;
    folder: string;
    data: string | undefined;
  }): string {
    if (name === 'secrets') return join(folder, 'secrets');
    if (volume === undefined) {
      if (data === undefined) throw new Error(`no volume is given for the claim '${name}'`);
      return data;
    }
    const target = join(folder, name);
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    const configMaps = [
      at(volume, 'configMap.name'),
      ...list(at(volume, 'projected.sources')).map((source) => at(source, 'configMap.name')),
    ];
    for (const configMap of configMaps.filter((given) => typeof given === 'string')) {
      for (const [file, text] of Object.entries(this.#configMap(configMap))) writeFileSync(join(target, file), text);
    }
    if (at(volume, 'emptyDir') !== undefined) chownSync(target, this.user, this.user);
    return target;
  }

  #volumes(): unknown[] {
    return list(at(this.manifest, 'spec.template.spec.volumes'));
  }

  #configMap(name: string): Record<string, string> {
    const data = Object.entries(at(theOnly(this.#manifests, 'ConfigMap', name), 'data') ?? {});
    return Object.fromEntries(data.map(([key, value]) => [key, String(value)]));
  }
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
