import { type EnvironmentPlan, monthly, type Requests } from './plan.ts';

const percent = (share: number) => `${Math.round(share * 100)} %`;
const cores = (value: number) => `${value.toFixed(1)} cores`;
const gibibytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
const duration = (seconds: number) => (seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`);

/** A label and what is to be said, so that a terminal and a comment show the same words. */
type Line = readonly [label: string, text: string];

/** The plan of an environment for a terminal: its nodes, then a line for each question. */
export function renderPlan(plan: EnvironmentPlan): string {
  const width = Math.max(4, ...plan.nodes.map(({ name }) => name.length));
  const rows = plan.nodes.map(
    ({ name, cpuShare, memoryShare, pods }) =>
      `  ${name.padEnd(width)}  ${bar(cpuShare)} ${percent(cpuShare).padStart(5)}  ${percent(memoryShare).padStart(6)}  ${pods}`,
  );
  const head = `  ${'node'.padEnd(width)}  ${'CPU'.padEnd(16)}  memory  pods at the maximum`;
  const lines = linesOf(plan).map(([label, text]) => `  ${label.padEnd(9)} ${text}`);
  return [titleOf(plan), '', head, ...rows, '', ...lines, ''].join('\n');
}

/** The same for a pull request's comment; the table of nodes is folded away. */
export function renderPlanMarkdown(plan: EnvironmentPlan): string {
  const rows = plan.nodes.map(
    ({ name, cpuShare, memoryShare, pods }) => `| ${name} | ${percent(cpuShare)} | ${percent(memoryShare)} | ${pods} |`,
  );
  return [
    `### ${titleOf(plan)}`,
    '',
    '| | |',
    '|---|---|',
    ...linesOf(plan).map(([label, text]) => `| ${label} | ${text} |`),
    '',
    '<details><summary>Where each pod lands at the maximum</summary>',
    '',
    '| node | CPU | memory | pods |',
    '|---|---|---|---|',
    ...rows,
    '',
    '</details>',
    '',
  ].join('\n');
}

function titleOf({ name, budget }: EnvironmentPlan): string {
  const { nodes, zones, cpuMillisPerNode, memoryMiBPerNode } = budget;
  return `${name}: ${counted(nodes, 'node')} of ${cores(cpuMillisPerNode / 1000)} and ${gibibytes(memoryMiBPerNode * 2 ** 20)} in ${counted(zones, 'zone')}`;
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

function bar(share: number): string {
  const full = Math.min(10, Math.round(share * 10));
  return '#'.repeat(full) + '.'.repeat(10 - full);
}

function linesOf(plan: EnvironmentPlan): readonly Line[] {
  return [...placementLines(plan), ...rolloutLines(plan), ...quotaLines(plan), ...requestLines(plan)];
}

function placementLines({ situations }: EnvironmentPlan): readonly Line[] {
  const lost = (one: { readonly name: string }) => one.name.startsWith('without');
  const kinds = ['node', 'zone'].flatMap((what) => {
    const all = situations.filter(({ name }) => name.startsWith(`without ${what}`));
    return all.length > 0 && all.every(({ pending }) => pending.length === 0) ? [`any ${what} lost`] : [];
  });
  const placed = situations.filter((one) => one.pending.length === 0 && !lost(one));
  const evicting = situations.filter(({ evicted = [] }) => evicted.length > 0);
  const fits = [...placed.map(({ name, pods }) => `${name} (${counted(pods, 'pod')})`), ...kinds];
  return [
    ...(fits.length === 0 ? [] : [['fits', fits.join(', ')] as const]),
    ...situations
      .filter(({ pending }) => pending.length > 0)
      .map(({ name, pods, pending, promised }): Line => {
        const why = pending[0]?.volume === true ? 'where its volume is was lost' : (pending[0]?.why ?? '');
        const said = `${name}: ${pending.length} of ${pods} pods wait, such as ${pending[0]?.pod ?? ''}: ${why}`;
        return promised ? ['PENDING', said] : ['waits', `${said} (the budget does not promise to survive it)`];
      }),
    ...evicting.map(({ name, evicted = [] }): Line => ['evicts', `${name}: ${evicted.join(', ')}`]),
  ];
}

function rolloutLines({ rollouts }: EnvironmentPlan): readonly Line[] {
  if (rollouts.length === 0) return [['rollout', 'no pod is replaced']];
  return rollouts.map(({ workload, pods, steps, lowestReady, seconds: [soonest, latest] }) => [
    'rollout',
    `${workload}: ${counted(pods, 'pod')} in ${counted(steps, 'step')}, at least ${lowestReady} ready, ` +
      `${duration(soonest)} where each pod is ready at once, ${duration(latest)} where each uses up its probes`,
  ]);
}

function quotaLines({ quotas }: EnvironmentPlan): readonly Line[] {
  const [fullest] = quotas;
  if (fullest === undefined) return [];
  const { namespace, resource, used, hard, share, exceeded } = fullest;
  const said = `${resource} of ${namespace}: ${used} of ${hard} at the maximum in a rollout`;
  return [['quota', exceeded === true ? `EXCEEDED: ${said}` : `at most ${percent(share)} used (${said})`]];
}

function requestLines(plan: EnvironmentPlan): readonly Line[] {
  return (['minimum', 'maximum'] as const).flatMap((of): readonly Line[] => {
    const { before, after } = plan.requests[of];
    const parts = [
      change((one) => one.pods, String, before, after, after.pods === 1 ? ' pod' : ' pods'),
      change(({ cpu }) => cpu, cores, before, after),
      change(({ memory }) => memory, gibibytes, before, after),
    ];
    const [cost, costBefore] = [monthly(plan, after), before && monthly(plan, before)];
    const money = cost === undefined ? '' : `; ${moneyOf(plan, cost, costBefore)} a month`;
    return [[of, `${parts.join(', ')}${money}`]];
  });
}

function change(
  read: (one: Requests) => number,
  show: (value: number) => string,
  before: Requests | undefined,
  after: Requests,
  unit = '',
): string {
  const [old, now] = [before === undefined ? undefined : show(read(before)), show(read(after))];
  return old === undefined || old === now ? `${now}${unit}` : `${old} -> ${now}${unit}`;
}

function moneyOf({ budget: { prices } }: EnvironmentPlan, cost: number, before: number | undefined): string {
  const difference = before === undefined ? 0 : Math.round(cost) - Math.round(before);
  const sign = difference > 0 ? '+' : '';
  return `${Math.round(cost)} ${prices?.currency ?? ''}${difference === 0 ? '' : ` (${sign}${difference})`}`;
}
