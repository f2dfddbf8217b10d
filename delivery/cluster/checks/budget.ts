import { isRecord } from '../../../guardrails/field.ts';
import { formatBytes, formatCores, parseQuantity } from '../../../guardrails/quantity.ts';
import { type Check, doubt, met } from '../check.ts';

/** Whether the nodes are what the environment's budget says: the quota is proven against that budget, not against the cluster. */
export const budget: Check = async (kubectl, { environment: { budget: planned } }) => {
  const nodes = await kubectl.list('nodes');
  const sum = (resource: string) => nodes.reduce((total, node) => total + allocatable(node, resource), 0);
  const cpu = (planned.nodes * planned.cpuMillisPerNode) / 1000;
  const memory = planned.nodes * planned.memoryMiBPerNode * 2 ** 20;
  const what = `${nodes.length} nodes with ${formatCores(sum('cpu'))} CPU and ${formatBytes(sum('memory'))} for a budget of ${planned.nodes} with ${formatCores(cpu)} and ${formatBytes(memory)}`;
  if (nodes.length >= planned.nodes && sum('cpu') >= cpu && sum('memory') >= memory) return [met(what)];
  return [doubt(what, 'autoscalers may ask for more than there is: add nodes, or lower the budget and the ceilings')];
};

function allocatable(node: Readonly<Record<string, unknown>>, resource: string): number {
  const { status } = node;
  const list = isRecord(status) ? status['allocatable'] : undefined;
  return (isRecord(list) ? parseQuantity(list[resource]) : undefined) ?? 0;
}
