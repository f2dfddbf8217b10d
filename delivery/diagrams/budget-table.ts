import type { Plan } from '../../charts/plan/part.ts';
import { atMaximum, atMinimum, atPeak, type Total, totalOf } from '../../charts/plan/resource-demand.ts';

/** What each environment asks for, in a quiet hour, at most, and while it rolls out at most, as a Markdown table. */
export function budgetTable(plans: readonly Plan[]): string {
  const rows = plans.flatMap(({ environment, demands }) => {
    const { nodes, cpuMillisPerNode, memoryMiBPerNode } = environment.budget;
    return [
      row(`**${environment.name}**, quiet hour`, totalOf(demands, atMinimum)),
      row('at the maximum of every autoscaler', totalOf(demands, atMaximum)),
      row('the same during a rollout (its quota)', totalOf(demands, atPeak)),
      `| nodes it may fill: ${nodes} | | ${cores(nodes * cpuMillisPerNode)} | ${gibibytes(nodes * memoryMiBPerNode)} | ${environment.budget.storageGi} Gi |`,
    ];
  });
  return ['| | pods | CPU requested | memory requested | volumes |', '|---|---:|---:|---:|---:|', ...rows].join('\n');
}

function row(label: string, { pods, requests, storageGi }: Total): string {
  return `| ${label} | ${pods} | ${cores(requests.cpuMillis)} | ${gibibytes(requests.memoryMiB)} | ${storageGi} Gi |`;
}

function cores(millis: number): string {
  return `${(millis / 1_000).toFixed(1)} cores`;
}

function gibibytes(mebibytes: number): string {
  return `${(mebibytes / 1_024).toFixed(1)} Gi`;
}
