import { chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Manifest } from '../../charts/plan/part.ts';
import { ROOT } from '../../root.ts';
import { at, theOnly } from '../../test/manifests.ts';
import { ProjectedVolume, type SecretData } from '../redis/projected-volume.ts';
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

/** What a pod of a workload has on this machine. */
export interface VolumesProps {
  readonly folder: string;
  /** What its claim gives it. */
  readonly data: string | undefined;
  readonly secrets: SecretData;
}

/** The volumes of a pod by name, and the one that follows a change of its Secrets. */
export interface Volumes {
  readonly folders: ReadonlyMap<string, string>;
  readonly secrets: ProjectedVolume;
}

/** What a rendered workload says about one of its containers: the first, or of a job one of its steps. */
export class Workload {
  readonly #manifests: readonly Manifest[];
  /** What holds the pod's template. */
  readonly manifest: Manifest;
  readonly #container: unknown;

  constructor(manifests: readonly Manifest[], kind: 'StatefulSet' | 'Deployment' | 'CronJob', name: string, step = 0) {
    const manifest = theOnly(manifests, kind, name);
    this.#manifests = manifests;
    this.manifest = kind === 'CronJob' ? (at(manifest, 'spec.jobTemplate') as Manifest) : manifest;
    this.#container = this.#containers()[step];
  }

  /** The containers of a job, which run one after the other. */
  static steps(manifests: readonly Manifest[], name: string): Workload[] {
    const job = new Workload(manifests, 'CronJob', name);
    return job.#containers().map((_, step) => new Workload(manifests, 'CronJob', name, step));
  }

  get command(): readonly string[] {
    return [...list(at(this.#container, 'command')), ...list(at(this.#container, 'args'))].map(String);
  }

  get image(): string {
    return String(at(this.#container, 'image'));
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
    const fields: Record<string, string> = {
      'metadata.name': pod.name,
      "metadata.labels['batch.kubernetes.io/job-name']": pod.name,
      'status.podIP': pod.address,
    };
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
    const sources = this.#volumes().flatMap((volume) => list(at(volume, 'projected.sources')));
    return sources.flatMap((source) =>
      list(at(source, 'secret.items')).map((item) => ({
        secret: String(at(source, 'secret.name')),
        key: String(at(item, 'key')),
        optional: at(source, 'secret.optional') === true,
      })),
    );
  }

  /** Makes the pod's volumes, empty where they are its own. */
  volumes(props: VolumesProps): Volumes {
    const secrets = new ProjectedVolume(join(props.folder, 'secrets'), this.manifest);
    secrets.update(props.secrets);
    const folders = this.#volumes().map((volume) => {
      const name = String(at(volume, 'name'));
      return [name, name === 'secrets' ? secrets.folder : this.#folderOf(volume, props)] as const;
    });
    return { folders: new Map(folders), secrets };
  }

  /** The container's mounts; what no volume of the pod is named after is its claim's. */
  mounts({ folders }: Volumes, data: string | undefined): Mounts {
    const mounts = list(at(this.#container, 'volumeMounts')).filter((mount) => at(mount, 'subPath') === undefined);
    return mounts.map((mount) => {
      const source = folders.get(String(at(mount, 'name'))) ?? data;
      if (source === undefined) throw new Error(`no volume is given for the claim '${at(mount, 'name')}'`);
      return [source, String(at(mount, 'mountPath'))] as const;
    });
  }

  #folderOf(volume: unknown, { folder, data, secrets }: VolumesProps): string {
    if (at(volume, 'persistentVolumeClaim') !== undefined && data !== undefined) return data;
    const target = join(folder, String(at(volume, 'name')));
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    const configMaps = [volume, ...list(at(volume, 'projected.sources'))].map((source) => at(source, 'configMap.name'));
    const files = [
      ...configMaps.filter((given) => typeof given === 'string').map((name) => this.#configMap(name)),
      secrets[String(at(volume, 'secret.secretName'))] ?? {},
    ];
    for (const [file, text] of files.flatMap(Object.entries<string>)) writeFileSync(join(target, file), text);
    if (at(volume, 'emptyDir') !== undefined) chownSync(target, this.user, this.user);
    return target;
  }

  #containers(): unknown[] {
    const pod = at(this.manifest, 'spec.template.spec');
    // Beside a container that stays, those before it prepare its names, which the network of this suite gives.
    const before = this.manifest['kind'] === 'StatefulSet' ? [] : list(at(pod, 'initContainers'));
    return [...before, ...list(at(pod, 'containers'))];
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
