import type { Rule } from '../rule.ts';

/** The engine finds these: only it knows the files. */
export const readable: Rule = {
  id: 'readable',
  title: 'Every file can be read as Kubernetes objects',
  rationale: 'kubectl and GitOps controllers stop at it: what stands in the file never reaches the cluster.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/',
  check: () => [],
};
