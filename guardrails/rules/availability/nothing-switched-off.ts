import type { Rule } from '../../rule.ts';

/** A suspended CronJob is left alone: people start such a template by hand. */
export const nothingSwitchedOff: Rule = {
  id: 'nothing-switched-off',
  title: 'Nothing of a declared environment is switched off: no paused rollout, no update by hand',
  rationale: 'The manifest is applied and accepted, and nothing happens: the new version never arrives.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pausing-and-resuming-a-deployment',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)) continue;
      for (const [kinds, path, off, message] of SWITCHES) {
        const at = workload.resource.at('spec', ...path);
        if (!kinds.includes(workload.kind) || at.value !== off) continue;
        yield { at, message, fix: `Remove ${path.join('.')}: ${off}, or what it switches off.` };
      }
    }
  },
};

/** What keeps a workload from running as written: the field, the value that does it, and what that means. */
const SWITCHES: readonly (readonly [kinds: readonly string[], path: readonly string[], off: unknown, means: string])[] =
  [
    [['Deployment'], ['paused'], true, 'the rollout is paused: no change of the template reaches a pod'],
    [
      ['StatefulSet', 'DaemonSet'],
      ['updateStrategy', 'type'],
      'OnDelete',
      'pods are replaced only when somebody deletes them: no change of the template reaches them',
    ],
  ];
