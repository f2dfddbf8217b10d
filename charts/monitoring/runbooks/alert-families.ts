import type { Alert } from '../../plan/alert.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import { ruleGroups } from '../rules/rule-groups.ts';
import type { AlertFamily } from './runbook-page.ts';

/** Every alert name of every environment, once; where several have it, the last one (production) is shown. */
export function alertFamilies(watches: readonly MonitoringContext[]): AlertFamily[] {
  const families = new Map<string, AlertFamily>();
  for (const context of watches) {
    for (const [name, rules] of rulesByName(context)) families.set(name, { name, rules, context });
  }
  return [...families.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function rulesByName(context: MonitoringContext): Map<string, Alert[]> {
  const byName = new Map<string, Alert[]>();
  for (const alert of ruleGroups(context).flatMap((group) => group.alerts)) {
    byName.set(alert.name, [...(byName.get(alert.name) ?? []), alert]);
  }
  return byName;
}
