import { isDeepStrictEqual } from 'node:util';
import { PROMISES } from '../../annotations.ts';
import type { Resource } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { parseDuration } from '../../quantity.ts';
import { eachObject, eachWorkload, type Problem, rules } from '../../rule.ts';
import { probeFigure, Workload } from '../../workload.ts';

/** A Deployment's progress deadline when it names none. */
const DEFAULT_DEADLINE_SECONDS = 600;
/** The life of a certificate for which cert-manager is told none. */
const CERTIFICATE_SECONDS = 90 * 24 * 3600;
/** Kinds whose name others, or data, hang on. */
const NAMED = ['StatefulSet', 'Deployment', 'DaemonSet', 'Service', 'PersistentVolumeClaim'];

export const changesRules = rules({
  'secrets-rotate': {
    title: 'Where secrets are managed, a rotated Secret reaches the pods that use it',
    rationale: 'A file by subPath and a variable keep the old value until the pod restarts: the rotation locks it out.',
    docs: 'https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-files-from-a-pod',
    where: PROMISES.managedSecrets,
    check: eachWorkload(frozenSecrets),
  },
  'certificates-renew-in-time': {
    title: 'A certificate is renewed within its life',
    rationale: 'A renewal before the certificate begins is refused, or renews until the issuer blocks the account.',
    docs: 'https://cert-manager.io/docs/usage/certificate/#issuance-triggers',
    check: eachObject('Certificate', function* (certificate) {
      const at = certificate.at('spec', 'renewBefore');
      const life = parseDuration(certificate.at('spec', 'duration').text) ?? CERTIFICATE_SECONDS;
      if ((parseDuration(at.text) ?? -1) >= life) {
        const message = `renews ${at.text} before the end of a certificate that lives ${life / 3600} h`;
        yield { at, message, fix: 'Renew after two thirds of its life.' };
      }
      const percent = certificate.at('spec', 'renewBeforePercentage');
      if (percent.number === undefined || (percent.number > 0 && percent.number < 100)) return;
      const message = `renews at ${percent.number} % of its life`;
      yield { at: percent, message, fix: 'Write a percentage between 1 and 99.' };
    }),
  },
  'starts-within-deadline': {
    title: 'What a startup probe allows, and a readiness probe waits first, is shorter than the progress deadline',
    rationale: 'A rollout is declared failed while its pods may still be starting as slowly as their probe allows.',
    docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds',
    check: eachWorkload(lateStarts),
  },
  'nothing-renamed': {
    title: 'Nothing that others or data hang on changes its name',
    rationale: 'A new name is a new object: with empty volumes, or running beside the old one.',
    docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/',
    check: eachObject(NAMED, function* (resource, platform) {
      const old = oldNameOf(platform, resource);
      if (!old) return;
      const holdsData = resource.kind === 'StatefulSet' || resource.kind === 'PersistentVolumeClaim';
      const message = `was ${old.name} before${holdsData ? '; its volumes stay with the old name' : ''}`;
      const fix = `Keep the name ${old.name}, or plan the move: apply the new one, move what hangs on it, then delete ${old.kind.toLowerCase()} ${old.name}.`;
      yield { at: resource.at('metadata', 'name'), message, fix, severity: holdsData ? 'error' : 'warning' };
    }),
  },
});

function* frozenSecrets({ pod, containers, isLongRunning }: Workload): Iterable<Problem> {
  const volumes = pod.at('volumes').items.filter((one) => one.at('secret').exists);
  const [mounted, secrets] = [['name'], ['secret', 'secretName']].map((path) =>
    volumes.map((one) => one.at(...path).text),
  );
  for (const { field, name } of isLongRunning ? containers : []) {
    const files = field.at('volumeMounts').items.filter((mount) => mounted?.includes(mount.at('name').text));
    const keys = field.all('env', '*', 'valueFrom', 'secretKeyRef', 'name');
    const places = [
      ...files.map((mount) => mount.at('subPath')),
      ...field.all('envFrom', '*', 'secretRef', 'name'),
      ...keys.filter(({ text }) => secrets?.includes(text)),
    ];
    for (const at of places.filter(({ exists }) => exists)) {
      const way = at.path.includes('volumeMounts') ? 'subPath' : 'environment variables';
      const message = `container ${name} takes a Secret by ${way}, where a rotation never arrives`;
      yield { at, message, fix: 'Mount the whole Secret as a folder, and read the file anew.' };
    }
  }
}

function* lateStarts({ kind, resource, running }: Workload): Iterable<Problem> {
  if (kind !== 'Deployment') return;
  const spec = resource.at('spec');
  const deadline = spec.at('progressDeadlineSeconds').number ?? DEFAULT_DEADLINE_SECONDS;
  const minReady = spec.at('minReadySeconds').number ?? 0;
  if (minReady >= deadline) {
    const message = `minReadySeconds ${minReady} is not below the progress deadline of ${deadline} s`;
    yield { at: spec.at('minReadySeconds'), message, fix: `Set progressDeadlineSeconds above ${minReady}.` };
    return;
  }
  for (const { name, field } of running) {
    const wait = field.at('readinessProbe', 'initialDelaySeconds');
    // A pod that turns ready is progress, and the deadline begins anew: minReadySeconds adds nothing to the wait.
    if ((wait.number ?? 0) >= deadline) {
      const message = `container ${name} is asked after ${wait.number} s at the earliest, but the progress deadline is ${deadline} s`;
      yield { at: wait, message, fix: `Set progressDeadlineSeconds well above ${wait.number}, or ask earlier.` };
    }
    const at = field.at('startupProbe');
    const [delay, period] = [probeFigure(at, 'initialDelaySeconds'), probeFigure(at, 'periodSeconds')];
    const budget = delay + period * probeFigure(at, 'failureThreshold');
    if (!at.exists || budget + minReady < deadline) continue;
    const ready = minReady > 0 ? ` and ${minReady} s to count as ready` : '';
    const message = `container ${name} may take ${budget} s to start${ready}, but the progress deadline is ${deadline} s`;
    yield { at, message, fix: `Set progressDeadlineSeconds above ${budget + minReady}, or shorten the startup probe.` };
  }
}

/** What an object that is new was before: one that is gone, and the same but for its name. */
function oldNameOf(platform: Platform, now: Resource): Resource | undefined {
  const { kind, namespace, name } = now;
  if (platform.previous?.find(kind, namespace, name)) return undefined;
  const before = platform.previous?.inNamespace(kind, namespace);
  return before?.find((one) => !platform.find(kind, namespace, one.name) && isSame(one, now));
}

function isSame(before: Resource, now: Resource): boolean {
  const [old, given] = [Workload.of(before), Workload.of(now)];
  if (old && given) {
    const sameSelector = isDeepStrictEqual(old.selector.value, given.selector.value);
    return images(old) === images(given) && (sameSelector || now.kind === 'StatefulSet');
  }
  const path = now.kind === 'Service' ? ['spec', 'selector'] : ['spec'];
  return isDeepStrictEqual(before.at(...path).value, now.at(...path).value);
}

function images({ containers }: Workload): string {
  return containers.map(({ image }) => (image.text ?? '').split(/[:@]/)[0]).join();
}
