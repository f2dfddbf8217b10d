import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { environments } from '../charts/environments/all.ts';
import { production } from '../charts/environments/production.ts';
import { staging } from '../charts/environments/staging.ts';
import type { Manifest } from '../charts/plan/part.ts';
import { run } from '../delivery/run.ts';
import definitions from '../judge/definitions.json' with { type: 'json' };
import { at, theOnly } from '../test/manifests.ts';
import { requireProgram } from '../test/requires.ts';
import { build } from './cluster/programs.ts';

const ROOT = join(import.meta.dirname, '..');
/** What the controller asks before it writes: https://argo-cd.readthedocs.io/en/stable/user-guide/projects/ */
const VERDICTS = `package main

import (
	"encoding/json"
	"os"

	argo "github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func main() {
	var asked struct {
		Project     argo.AppProject
		Application argo.Application
		Objects     []unstructured.Unstructured
	}
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		panic(err)
	}
	refused := []string{}
	spec := asked.Application.Spec
	cluster := &argo.Cluster{Server: spec.Destination.Server}
	none := func(string) ([]*argo.Cluster, error) { return nil, nil }
	if !asked.Project.IsSourcePermitted(*spec.Source) {
		refused = append(refused, "source")
	}
	if ok, err := asked.Project.IsDestinationPermitted(cluster, spec.Destination.Namespace, none); err != nil || !ok {
		refused = append(refused, "destination")
	}
	for _, object := range asked.Objects {
		if ok, err := asked.Project.IsLiveResourcePermitted(&object, cluster, none); err != nil || !ok {
			refused = append(refused, object.GetNamespace()+" "+object.GetKind()+"/"+object.GetName())
		}
	}
	json.NewEncoder(os.Stdout).Encode(refused)
}
`;

const manifests = (file: string) => loadAll(readFileSync(join(ROOT, 'dist', file), 'utf8')) as readonly Manifest[];
const argocd = manifests('addons/argocd.k8s.yaml');
const objectsOf = (environment: string) =>
  [`${environment}.k8s.yaml`, `addons/${environment}.k8s.yaml`]
    .filter((file) => existsSync(join(ROOT, 'dist', file)))
    .flatMap(manifests);
const namespaced = (objects: readonly Manifest[]) =>
  objects.filter((object) => at(object, 'metadata.namespace') !== undefined);

describe.skipIf(requireProgram('go') === undefined)('the projects of dist/, in the code of Argo CD', () => {
  let program = '';
  beforeAll(async () => {
    const { module, version } = definitions.find(({ module }) => module.endsWith('/argo-cd/v3')) ?? {
      module: '',
      version: '',
    };
    const changed = { 'verdicts/main.go': () => VERDICTS };
    program = await build({ module, version, packages: [], shares: true, changed }, 'verdicts');
  }, 1_800_000);

  /** What Argo CD would not let an application of a project write. */
  async function refusedBy(project: string, application: Manifest, objects: readonly Manifest[]) {
    const input = JSON.stringify({ project: theOnly(argocd, 'AppProject', project), application, objects });
    const { code, stdout, stderr } = await run(program, [], { cwd: ROOT, input });
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as readonly string[];
  }

  it.each(environments)('let $name write all that its files hold', async ({ name, namespace }) => {
    expect(await refusedBy(namespace, theOnly(argocd, 'Application', namespace), objectsOf(name))).toEqual([]);
  });

  const pairs = environments.flatMap((one) =>
    environments.filter((other) => other !== one).map((other) => ({ one, other })),
  );
  it.each(pairs)('refuse $one.name each object in a namespace of $other.name', async ({ one, other }) => {
    const foreign = namespaced(objectsOf(other.name));
    expect(foreign.length).toBeGreaterThan(10);
    const refused = await refusedBy(one.namespace, theOnly(argocd, 'Application', one.namespace), foreign);
    expect(refused).toHaveLength(foreign.length);
  });

  it('refuse an application that names another namespace, another repository, or a project that is not its own', async () => {
    const own = theOnly(argocd, 'Application', staging.namespace);
    const text = JSON.stringify(own);
    const into = ({ namespace }: { readonly namespace: string }) => `"destination":{"namespace":"${namespace}"`;
    const changes = [
      { refused: 'destination', from: into(staging), to: into(production) },
      { refused: 'source', from: /"repoURL":"[^"]+"/, to: '"repoURL":"https://github.com/somebody/else"' },
    ];
    for (const { refused, from, to } of changes) {
      const application = JSON.parse(text.replace(from, to)) as Manifest;
      expect(await refusedBy(staging.namespace, application, [])).toEqual([refused]);
    }
    expect(await refusedBy(production.namespace, own, [])).toEqual(['destination']);
  });

  it('refuse kinds that an environment does not consist of, in its own namespace too', async () => {
    const { namespace } = staging;
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'mine' } };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'mine', namespace } };
    const refused = await refusedBy(namespace, theOnly(argocd, 'Application', namespace), [role, pod]);
    expect(refused).toEqual([' ClusterRoleBinding/mine', `${namespace} Pod/mine`]);
  });
});
