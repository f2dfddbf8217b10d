import type { Problem } from '../../finding.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

export const podTemplate: Rule = {
  id: 'pod-template',
  title: 'Pod templates have containers with images, and the restart policy of their kind',
  rationale: 'The API server refuses the object.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy',
  *check(platform) {
    for (const workload of platform.workloads) {
      yield* judgeContainers(workload);
      yield* judgeRestarts(workload);
    }
  },
};

function* judgeContainers({ containers, pod }: Workload): Iterable<Problem> {
  if (!containers.some(({ role }) => role === 'main')) {
    yield { at: pod.at('containers'), message: 'has no container', fix: 'Give the pod at least one container.' };
  }
  for (const { field, image, name } of containers) {
    if (image.exists && image.value !== '') continue;
    yield { at: field, message: `container ${name} has no image`, fix: 'Set its image.' };
  }
}

function* judgeRestarts({ kind, pod }: Workload): Iterable<Problem> {
  const policy = pod.at('restartPolicy');
  const given = policy.text ?? 'Always';
  const allowed =
    kind === 'Job' || kind === 'CronJob'
      ? ['OnFailure', 'Never']
      : kind === 'Pod'
        ? ['Always', 'OnFailure', 'Never']
        : ['Always'];
  if (allowed.includes(given)) return;
  yield {
    at: policy.exists ? policy : pod,
    message: `restartPolicy is ${given}${policy.exists ? '' : ' (the default)'}, but a ${kind} allows only ${allowed.join(' or ')}`,
    fix: `Set restartPolicy: ${allowed[0]}.`,
  };
}
