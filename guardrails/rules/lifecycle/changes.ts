import { isDeepStrictEqual } from 'node:util';
import { PROMISES } from '../../annotations.ts';
import type { Field, Resource } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { parseDuration } from '../../quantity.ts';
import type { Rule } from '../../rule.ts';
import { probeFigure, Workload } from '../../workload.ts';

/** A Deployment's progress deadline when it names none. */
const DEFAULT_DEADLINE_SECONDS = 600;

const startsWithinDeadline: Rule = {
  id: 'starts-within-deadline',
  title: 'The time that a startup probe allows is shorter than the progress deadline',
  rationale: 'A rollout is declared failed while its pods may still be starting as slowly as their probe allows.',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (workload.kind !== 'Deployment') continue;
      const spec = workload.resource.at('spec');
      const deadline = spec.at('progressDeadlineSeconds').number ?? DEFAULT_DEADLINE_SECONDS;
      const minReady = spec.at('minReadySeconds').number ?? 0;
      if (minReady >= deadline) {
        yield {
          at: spec.at('minReadySeconds'),
          message: `minReadySeconds ${minReady} is not below the progress deadline of ${deadline} s`,
          fix: `Set progressDeadlineSeconds above ${minReady}.`,
        };
      }
      for (const container of workload.running) {
        for (const [name, probe] of container.probes) {
          if (name !== 'startupProbe') continue;
          const budget =
            probeFigure(probe, 'initialDelaySeconds') +
            probeFigure(probe, 'periodSeconds') * probeFigure(probe, 'failureThreshold');
          if (budget + minReady < deadline || minReady >= deadline) continue;
          yield {
            at: probe,
            message: `container ${container.name} may take ${budget} s to start${minReady > 0 ? ` and ${minReady} s to count as ready` : ''}, but the progress deadline is ${deadline} s`,
            fix: `Set progressDeadlineSeconds above ${budget + minReady}, or shorten the startup probe.`,
          };
        }
      }
    }
  },
};

/** Kinds whose name others, or data, hang on. */
const NAMED = ['StatefulSet', 'Deployment', 'DaemonSet', 'Service', 'PersistentVolumeClaim'];

const nothingRenamed: Rule = {
  id: 'nothing-renamed',
  title: 'Nothing that others or data hang on changes its name',
  rationale:
    'To the cluster a new name is a new object: a renamed StatefulSet starts with empty volumes, a renamed Deployment runs beside the old one.',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/',
  *check(platform) {
    const { previous } = platform;
    if (!previous) return;
    for (const resource of platform.ofKind(...NAMED)) {
      if (previous.find(resource.kind, resource.namespace, resource.name)) continue;
      const old = gone(previous, platform, resource).find((before) => isSame(before, resource));
      if (!old) continue;
      const holdsData = resource.kind === 'StatefulSet' || resource.kind === 'PersistentVolumeClaim';
      yield {
        at: resource.at('metadata', 'name'),
        message: `was ${old.name} before${holdsData ? '; its volumes stay with the old name' : ''}`,
        fix: `Keep the name ${old.name}, or plan the move: apply the new one, move what hangs on it, then delete ${old.kind.toLowerCase()} ${old.name}.`,
        severity: holdsData ? 'error' : 'warning',
      };
    }
  },
};

/** What stood there before under a name that is no longer given. */
function gone(previous: Platform, platform: Platform, { kind, namespace }: Resource): readonly Resource[] {
  return previous
    .ofKind(kind)
    .filter((before) => before.namespace === namespace && !platform.find(kind, namespace, before.name));
}

function isSame(before: Resource, now: Resource): boolean {
  const [old, given] = [Workload.of(before), Workload.of(now)];
  if (old && given) {
    const sameSelector = isDeepStrictEqual(old.selector.value, given.selector.value);
    return images(old) === images(given) && (sameSelector || now.kind === 'StatefulSet');
  }
  if (now.kind === 'Service')
    return isDeepStrictEqual(before.at('spec', 'selector').value, now.at('spec', 'selector').value);
  return isDeepStrictEqual(before.at('spec').value, now.at('spec').value);
}

function images({ containers }: Workload): string {
  return containers.map(({ image }) => (image.text ?? '').split(/[:@]/)[0]).join();
}

const secretsRotate: Rule = {
  id: 'secrets-rotate',
  title: 'Where secrets are managed, a rotated Secret reaches the pods that use it',
  rationale: 'A file by subPath and a variable keep the old value until the pod restarts: the rotation locks it out.',
  docs: 'https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-files-from-a-pod',
  *check(platform) {
    for (const { pod, namespace, containers, isLongRunning } of platform.workloads) {
      if (!isLongRunning || !platform.environmentOf(namespace)?.promises(PROMISES.managedSecrets)) continue;
      const secrets = new Map(
        pod
          .at('volumes')
          .items.flatMap((one) =>
            one.at('secret').exists ? [[one.at('name').text, one.at('secret', 'secretName').text] as const] : [],
          ),
      );
      for (const { field, name } of containers) {
        const files = field
          .at('volumeMounts')
          .items.filter((mount) => mount.at('subPath').exists && secrets.has(mount.at('name').text));
        const whole = field
          .at('envFrom')
          .items.map((one) => one.at('secretRef', 'name'))
          .filter(({ exists }) => exists);
        const keys = field
          .at('env')
          .items.map((one) => one.at('valueFrom', 'secretKeyRef', 'name'))
          .filter(({ text }) => text !== undefined && [...secrets.values()].includes(text));
        for (const at of [...files.map((mount) => mount.at('subPath')), ...whole, ...keys])
          yield {
            at,
            message: `container ${name} takes a Secret by ${wayOf(at)}, where a rotation never arrives`,
            fix: 'Mount the whole Secret as a folder, and read the file anew.',
          };
      }
    }
  },
};

function wayOf(at: Field): string {
  return at.path.includes('volumeMounts') ? 'subPath' : 'environment variables';
}

/** cert-manager's default. */
const CERTIFICATE_SECONDS = 90 * 24 * 3600;

const certificatesRenewInTime: Rule = {
  id: 'certificates-renew-in-time',
  title: 'A certificate is renewed within its life',
  rationale:
    'A renewal before the certificate begins is refused, or renews for ever until the issuer blocks the account.',
  docs: 'https://cert-manager.io/docs/usage/certificate/#issuance-triggers',
  *check(platform) {
    for (const certificate of platform.ofKind('Certificate')) {
      const at = certificate.at('spec', 'renewBefore');
      const before = parseDuration(at.text);
      const life = parseDuration(certificate.at('spec', 'duration').text) ?? CERTIFICATE_SECONDS;
      const percent = certificate.at('spec', 'renewBeforePercentage');
      if (before !== undefined && before >= life)
        yield {
          at,
          message: `renews ${at.text} before the end of a certificate that lives ${life / 3600} h`,
          fix: 'Renew after two thirds of its life.',
        };
      if (percent.number !== undefined && (percent.number <= 0 || percent.number >= 100))
        yield {
          at: percent,
          message: `renews at ${percent.number} % of its life`,
          fix: 'Write a percentage between 1 and 99.',
        };
    }
  },
};

export const changesRules: readonly Rule[] = [
  secretsRotate,
  certificatesRenewInTime,
  startsWithinDeadline,
  nothingRenamed,
];
