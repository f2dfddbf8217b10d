import type { Rule } from '../../rule.ts';
import { missing } from './missing.ts';

const KINDS = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'];

export const scaleTargetExists: Rule = {
  id: 'scale-target-exists',
  title: 'Every autoscaler has the target that it names, and no target has two',
  rationale:
    'An autoscaler without a target scales nothing and says so only in its events; two on one target undo each other.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#how-does-a-horizontalpodautoscaler-work',
  *check(platform) {
    const taken = new Map<string, string>();
    for (const autoscaler of platform.ofKind('HorizontalPodAutoscaler')) {
      const ref = autoscaler.at('spec', 'scaleTargetRef');
      const [kind, name, apiVersion] = [
        ref.at('kind').text ?? '',
        ref.at('name').text ?? '',
        ref.at('apiVersion').text,
      ];
      if (!KINDS.includes(kind)) continue;
      const { namespace } = autoscaler;
      const target = platform.find(kind, namespace, name);
      if (!target) yield missing(platform, { at: ref.at('name'), kind, namespace, name });
      else if (apiVersion !== undefined && apiVersion !== target.apiVersion) {
        yield {
          at: ref.at('apiVersion'),
          message: `names ${apiVersion} ${kind}, but ${target} is ${target.apiVersion}`,
          fix: `Set apiVersion: ${target.apiVersion}.`,
        };
      }
      const key = `${namespace}/${kind}/${name}`;
      const other = taken.get(key);
      if (other !== undefined)
        yield { at: ref, message: `${kind} ${name} is scaled by ${other} already`, fix: 'Keep one autoscaler.' };
      taken.set(key, autoscaler.name);
    }
  },
};
