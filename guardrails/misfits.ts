import { isRecord } from './field.ts';
import type { Document } from './source.ts';

/** Whether a file is to be left out: one that nobody asked for and that holds no object, or the configuration of a tool. */
export function holdsNothing({ objects }: Document, asked: boolean): boolean {
  return !objects.some(isObject) && (!asked || objects.some(isForTools));
}

/** Documents that are no objects at all, such as a list or a word. */
export function misfits({ file, objects }: Document): readonly string[] {
  if (objects.length === 0) return [`${file}: empty`];
  return objects.flatMap((value, index) => {
    if (isRecord(value) || value === null || value === undefined) return [];
    return `${file}: document ${index + 1} is ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}, not a Kubernetes object`;
  });
}

function isObject(value: unknown): boolean {
  return isRecord(value) && !isForTools(value) && (value['kind'] !== undefined || value['metadata'] !== undefined);
}

/** What looks like an object and is the configuration of a program on a workstation, which no API server takes. */
const TOOLS =
  /^((kustomize|kubelet|kubeproxy|apiserver)\.config\.k8s\.io|kubeadm\.k8s\.io|kind\.x-k8s\.io|skaffold|eksctl\.io|k3d\.io|ctlptl\.dev)\//;

function isForTools(value: unknown): boolean {
  return isRecord(value) && TOOLS.test(String(value['apiVersion']));
}
