import type { Field } from '../../field.ts';
import type { Problem } from '../../finding.ts';
import { configKey, dnsLabel, envName, type Grammar, nameGrammar, portName } from '../../names.ts';
import type { Resource } from '../../resource.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

export const names: Rule = {
  id: 'names',
  title: 'Names are such as the API server accepts: of objects, containers, volumes, ports, keys, variables',
  rationale: 'Many names become host names, files or variables; the API server refuses those that cannot.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/',
  *check(platform) {
    for (const resource of platform.resources) yield* ofObject(resource);
    for (const workload of platform.workloads) yield* ofPods(workload);
  },
};

function* ofObject(resource: Resource): Iterable<Problem> {
  const builtIn = resource.at('metadata', 'name');
  yield* judge(builtIn, nameGrammar(resource.kind));
  yield* judge(resource.at('metadata', 'namespace'), dnsLabel);
  if (resource.kind === 'ConfigMap' || resource.kind === 'Secret') {
    for (const part of ['data', 'binaryData', 'stringData']) {
      for (const [key, field] of resource.at(part).entries) yield* judgeText(field, key, configKey);
    }
  }
  if (resource.kind === 'Service')
    for (const port of resource.at('spec', 'ports').items) yield* judge(port.at('name'), dnsLabel);
}

function* ofPods(workload: Workload): Iterable<Problem> {
  for (const volume of workload.pod.at('volumes').items) yield* judge(volume.at('name'), dnsLabel);
  for (const container of workload.containers) {
    yield* judge(container.field.at('name'), dnsLabel);
    for (const { field } of container.ports) yield* judge(field.at('name'), portName);
    for (const variable of container.env) yield* judge(variable.at('name'), envName);
  }
}

function judge(field: Field, grammar: Grammar): Iterable<Problem> {
  return field.text === undefined ? [] : judgeText(field, field.text, grammar);
}

function* judgeText(at: Field, name: string, grammar: Grammar): Iterable<Problem> {
  const wrong = grammar(name);
  if (wrong !== undefined)
    yield { at, message: `the name ${wrong}`, fix: 'Rename it, here and wherever it is referred to.' };
}
