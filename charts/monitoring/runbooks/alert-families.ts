import type { Alert } from '../rules/rule.ts';
import { ruleGroups } from '../rules/rule-groups.ts';
import type { Watch } from '../watch.ts';
import type { AlertFamily } from './runbook-page.ts';

/** Every alert name of every environment, once; where several have it, the last one (production) is shown. */
export function alertFamilies(watches: readonly Watch[]): AlertFamily[] {
  const families = new Map<string, AlertFamily>();
  for (const watch of watches) {
    for (const [name, rules] of rulesByName(watch)) families.set(name, { name, rules, watch });
  }
  return [...families.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function rulesByName(watch: Watch): Map<string, Alert[]> {
  const byName = new Map<string, Alert[]>();
  for (const alert of ruleGroups(watch).flatMap((group) => group.alerts)) {
    byName.set(alert.name, [...(byName.get(alert.name) ?? []), alert]);
  }
  return byName;
}
