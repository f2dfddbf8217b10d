import { RUNBOOKS, WORKLOAD } from '../../annotations.ts';
import type { Resource } from '../../field.ts';
import { groupBy, oncePerPlatform, type Platform } from '../../platform.ts';
import { analyse, type Selector } from '../../promql/analyse.ts';
import { expressions, type WrittenRule, writtenRules } from '../../promql/expressions.ts';
import { faultsOf } from '../../promql/faults.ts';
import { sourcesFor } from '../../promql/sources.ts';
import { each, type Problem, rules } from '../../rule.ts';
import { scaledBy } from '../../scaling.ts';
import { didYouMean } from '../../suggest.ts';

const ALERTING = 'https://prometheus.io/docs/practices/alerting/';

/** What an alert must say for the person who is woken by it. */
const WANTED: readonly (readonly [what: string, path: readonly string[], grammar: RegExp])[] = [
  ['a duration in for', ['for'], /^(\d+(ms|[smhdwy]))+$/],
  ['a severity among its labels', ['labels', 'severity'], /^(critical|error|warning|info|page|ticket|none)$/],
  ['a summary', ['annotations', 'summary'], /\S/],
  ['a description', ['annotations', 'description'], /\S/],
  ['a runbook_url', ['annotations', 'runbook_url'], /^https?:\/\/\S+$/],
];

/** Kinds whose objects series name by a label of the kind in lower case. */
const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'];
const KINDS = ['Namespace', 'HorizontalPodAutoscaler', 'PersistentVolumeClaim', ...WORKLOADS];
const OF_THE_CLUSTER = ['kube-system', 'default'];

export const alertsRules = rules({
  'alerts-complete': {
    title: 'Every alert waits, has a severity and says what it is, what it means and what to do',
    rationale: 'Without a severity it goes to nobody, without a duration it fires at every hiccup.',
    docs: ALERTING,
    check: each(writtenRules, function* ({ at, rule, title }, { environments }) {
      const isAlert = environments.length > 0 && rule.at('alert').text !== undefined;
      for (const [what, path, grammar] of isAlert ? WANTED : []) {
        const { scalar } = rule.at(...path);
        if (scalar !== undefined && grammar.test(scalar)) continue;
        const isMissing = scalar === undefined;
        const wrong = isMissing ? `has no ${what.replace(/^an? /, '')}` : `has "${scalar}" where ${what} is wanted`;
        yield { at, message: `${title} ${wrong}`, fix: `Give it ${what}.` };
      }
    }),
  },
  'runbooks-exist': {
    title:
      'Every runbook that an alert names is among those that are written (--runbooks), and stands where those of the other alerts do',
    rationale: 'At three in the morning a link that leads nowhere costs the minutes that it was to save.',
    docs: ALERTING,
    *check(platform) {
      const alerts = writtenRules(platform).filter(
        ({ rule }) => rule.at('annotations', 'runbook_url').text !== undefined,
      );
      const byObject = groupBy(alerts, ({ at }) => `${at.resource} ${at.resource.origin.file}`);
      for (const own of byObject.values()) {
        const folders = own.map((alert) => runbookOf(alert).folder);
        for (const alert of own) yield* missingRunbook(platform, alert, folders);
      }
    },
  },
  'alerts-fire-and-resolve': {
    title: 'Every alert can fire, and can end',
    rationale: 'What is out of reach never comes; what always holds is switched off within a day.',
    docs: ALERTING,
    check: each(writtenRules, function* ({ at, rule, title }) {
      const { scalar: text = '' } = rule.at('expr');
      for (const { message, fix } of rule.at('alert').exists && text !== '' ? faultsOf(text) : [])
        yield { at, message: `${title}: ${message}`, fix };
    }),
  },
  'label-values-exist': {
    title: 'Every object that an alert asks for by its label exists',
    rationale: 'Its series is empty: the alert never fires, and one about its absence never ends.',
    docs: 'https://prometheus.io/docs/concepts/data_model/',
    where: 'declared',
    check: each(writtenRules, function* ({ at, rule, title }, platform) {
      // Quiet where nothing declares its metrics, and for objects of a kind of which none is given.
      const text = sourcesFor(platform, at.resource.namespace) ? (rule.at('expr').scalar ?? '') : '';
      const told = new Set<string>(OF_THE_CLUSTER);
      for (const { label, value = '' } of analyse(text).selectors.flatMap(({ matchers }) => matchers)) {
        const known = namesByLabel(platform).get(label);
        if (value === '' || !known || known.has(value) || told.has(value)) continue;
        told.add(value);
        const message = `${title} asks for ${label} ${value}, which does not exist`;
        yield { at, message, fix: didYouMean(value, known, 'Name one that exists.') };
      }
    }),
  },
  'thresholds-fit-objectives': {
    title: 'An alert about a percentile of latency fires exactly where the promise of the service ends',
    rationale: 'Below it somebody is woken while all is well; above it the promise is broken and nobody knows.',
    docs: 'https://sre.google/workbook/alerting-on-slos/',
    check: each(compared, function* ({ at, title, operator, threshold, selector }, platform) {
      const percentile = percentileOf(selector);
      const promise = percentile && operator.startsWith('>') ? promiseOf(platform, selector, percentile) : undefined;
      if (promise === undefined || promise.seconds === threshold) return;
      const message = `${title} fires above ${threshold} s, but ${promise.workload} promises ${percentile} within ${promise.seconds} s`;
      yield { at, message, fix: `Compare with ${promise.seconds}.` };
    }),
  },
  'thresholds-fit-scaling': {
    title: 'No alert fires at what the autoscaler aims at, nor at a replica count that is normal',
    rationale: 'An alert that fires in normal operation is switched off within a week, and the real one with it.',
    docs: 'https://prometheus.io/docs/practices/alerting/',
    check: each(compared, function* ({ at, title, operator, threshold, selector }, platform) {
      const { metric = '' } = selector;
      const autoscaler = autoscalerOf(platform, selector);
      if (!autoscaler) return;
      const floor = autoscaler.at('spec', 'minReplicas').number ?? 1;
      const isOfReplicas = metric.startsWith('kube_deployment_status_replicas') && operator.startsWith('<');
      if (isOfReplicas && threshold > floor + (operator === '<' ? 0 : -1)) {
        const message = `${title} fires below ${threshold} replicas, but ${autoscaler} may go down to ${floor}`;
        yield { at, message, fix: `Compare with ${floor} or less.` };
      }
      const target = targetOf(platform, autoscaler, metric);
      if (!target || !operator.startsWith('>') || threshold > target.percentOfLimit) return;
      const shown = Math.round(target.percentOfLimit);
      const message = `${title} fires above ${threshold} % of the ${target.resource} limit, but ${autoscaler} lets it rise to ${shown} % (${target.utilization} % of the request)`;
      yield { at, message, fix: `Compare with more than ${shown}.` };
    }),
  },
});

/**
 * Synthesis knows the pages that it writes, the command line those of the folder that --runbooks names, and a list of them may stand on the object.
 * Where nobody says what is written, the alerts of an object are held to each other: where all but one have their runbooks in one folder, the
 * one that has not is a slip.
 */
function* missingRunbook(platform: Platform, alert: WrittenRule, folders: readonly string[]): Iterable<Problem> {
  const { at, title } = alert;
  const { folder, name } = runbookOf(alert);
  const written = at.resource.annotations[RUNBOOKS]?.split(/\s+/) ?? platform.runbooks;
  const isAlone = new Set(folders).size === 2 && folders.filter((other) => other === folder).length === 1;
  if (written && !written.includes(name)) {
    const fix = `Write it, or name one of ${written.slice(0, 5).join(', ')}.`;
    yield { at, message: `${title} names the runbook ${name}, which is not written`, fix };
  } else if (folders.length > 3 && isAlone) {
    const shared = folders.find((other) => other !== folder);
    const message = `${title} has its runbook in ${folder}, but all others have theirs in ${shared}`;
    yield { at, message, fix: 'Correct the link.' };
  }
}

function runbookOf({ rule }: WrittenRule): { readonly folder: string; readonly name: string } {
  const path = ((rule.at('annotations', 'runbook_url').text ?? '').split(/[?#]/)[0] ?? '').replace(/(\.md)?\/?$/, '');
  const slash = path.lastIndexOf('/');
  return { folder: path.slice(0, slash), name: path.slice(slash + 1) };
}

const namesByLabel = oncePerPlatform((platform) => {
  const byLabel = groupBy(platform.ofKind(...KINDS), ({ kind }) => kind.toLowerCase());
  return new Map([...byLabel].map(([label, all]) => [label, new Set(all.map(({ name }) => name))] as const));
});

/** Each selector that an alert compares with a number. */
function* compared(platform: Platform) {
  for (const { at, title, analysis } of expressions(platform)) {
    if (!title.startsWith('alert ')) continue;
    for (const comparison of analysis.comparisons)
      for (const selector of comparison.selectors) yield { at, title, ...comparison, selector };
  }
}

/** `p95` of a recorded percentile in seconds, such as service:http_request_duration_seconds:p95_5m. */
function percentileOf({ metric }: Selector): string | undefined {
  const [, percentile = ''] = (metric ?? '').split(/_seconds\b/);
  return /\b(p\d{2})(?:_|$)/.exec(percentile)?.[1];
}

/** What a matcher asks of one of these labels. */
function askedFor({ matchers }: Selector, ...labels: readonly string[]): string | undefined {
  return matchers.find(({ label }) => labels.includes(label))?.value;
}

/** What the workload that the selector names by `service` says of itself: `availability=99.9, p95=0.5, p99=1`. */
function promiseOf(platform: Platform, selector: Selector, percentile: string) {
  const [service, namespace] = [askedFor(selector, 'service'), askedFor(selector, 'namespace')];
  const workload = platform.workloads.find(
    (one) => one.name === service && (namespace === undefined || one.namespace === namespace),
  );
  const declared = workload?.resource.annotations[WORKLOAD.objectives] ?? '';
  const seconds = new RegExp(`(?:^|,)\\s*${percentile}=([^,]*)`).exec(declared)?.[1];
  return workload === undefined || seconds === undefined ? undefined : { workload, seconds: Number(seconds) };
}

/** The autoscaler of the workload that a selector names by `deployment` or `service`. */
function autoscalerOf(platform: Platform, selector: Selector): Resource | undefined {
  const name = askedFor(selector, 'deployment', 'service', 'app', 'job');
  const namespace = askedFor(selector, 'namespace');
  const candidates = byTarget(platform).get(name ?? '') ?? [];
  return candidates.find((autoscaler) => namespace === undefined || autoscaler.namespace === namespace);
}

const byTarget = oncePerPlatform((platform) => {
  const autoscalers = platform.ofKind('HorizontalPodAutoscaler');
  return groupBy(autoscalers, (autoscaler) => autoscaler.at('spec', 'scaleTargetRef', 'name').text ?? '');
});

/** What the autoscaler aims at, for a metric in percent of the container's limit. */
function targetOf(platform: Platform, autoscaler: Resource, metric: string) {
  const resource = /cpu|memory/.exec(metric.split('percent').slice(0, -1).join())?.[0];
  if (resource !== 'cpu' && resource !== 'memory') return undefined;
  const wanted = autoscaler.at('spec', 'metrics').items.find((item) => item.at('resource', 'name').text === resource);
  const utilization = wanted?.at('resource', 'target', 'averageUtilization').number;
  const [container] = scaledBy(platform, autoscaler)?.running ?? [];
  const [request, limit] = [container?.request(resource), container?.limit(resource)];
  if (utilization === undefined || request === undefined || limit === undefined) return undefined;
  return { resource, utilization, percentOfLimit: (utilization * request) / limit };
}
