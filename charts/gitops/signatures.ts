import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { ROOT } from '../../root.ts';
import type { Promotion } from '../plan/environment.ts';
import { EMPTY_PART, type Part, type PartContext, type Plan, type Project } from '../plan/part.ts';

const ISSUER = 'https://token.actions.githubusercontent.com';
const FULCIO = 'https://fulcio.sigstore.dev';
const REKOR = 'https://rekor.sigstore.dev';

/** What `npm run promote` asks of an image once, asked of every pod: for the admission controller that the cluster has. */
export function signaturesPart({ environment: { promotion } }: PartContext): Part[] {
  if (promotion?.admission === undefined) return [];
  const { admission, signer } = promotion;
  const missing = signer.kind === 'key' && !existsSync(join(ROOT, signer.path));
  return [
    {
      ...EMPTY_PART,
      name: 'signatures',
      problems: missing ? [`promotion.signer.path '${signer.path}' is no file; commit the public key there`] : [],
      renderAddons: (scope, plan) => void POLICIES[admission](scope, plan, signer),
    },
  ];
}

type Signer = Promotion['signer'];

const POLICIES = {
  /** A Policy of Kyverno, in the environment's own namespace. */
  kyverno: (scope: Construct, plan: Plan, signer: Signer) =>
    new ApiObject(scope, 'signed-images', {
      apiVersion: 'kyverno.io/v1',
      kind: 'Policy',
      metadata: { name: NAME, namespace: plan.environment.namespace, labels: labelsOf(plan) },
      spec: {
        background: false,
        webhookConfiguration: { timeoutSeconds: 30 },
        rules: [
          {
            name: 'signed-by-the-release',
            match: { any: [{ resources: { kinds: ['Pod'] } }] },
            verifyImages: [
              {
                imageReferences: [`${plan.project.image}*`],
                failureAction: 'Enforce',
                required: true,
                // Synthesis writes the digest; what an admission controller changes, Argo CD would set back.
                mutateDigest: false,
                verifyDigest: false,
                attestors: [{ entries: [kyvernoAttestor(signer, plan.project)] }],
              },
            ],
          },
        ],
      },
    }),
  /**
   * A ClusterImagePolicy of sigstore's policy-controller, for the namespaces with the label `policy.sigstore.dev/include: "true"`. Images that no
   * policy names are its administrator's to decide (`no-match-policy`).
   */
  'policy-controller': (scope: Construct, plan: Plan, signer: Signer) =>
    new ApiObject(scope, 'signed-images', {
      apiVersion: 'policy.sigstore.dev/v1beta1',
      kind: 'ClusterImagePolicy',
      metadata: { name: plan.environment.namespace, labels: labelsOf(plan) },
      spec: {
        mode: 'enforce',
        images: [{ glob: `${plan.project.image}*` }],
        authorities: [{ name: 'release', ...sigstoreAuthority(signer, plan.project) }],
      },
    }),
} as const;

const NAME = 'signed-images';

function labelsOf(plan: Plan): Record<string, string> {
  return plan.labels({ name: NAME, component: 'platform' });
}

/** The workflow, run for the tag of a version; old ones count, because what was released before still has to start. */
function subjectOf(file: string, { repository }: Project): string {
  return `^${escaped(repository)}/${escaped(file)}@refs/tags/v.+$`;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function publicKey(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function kyvernoAttestor(signer: Signer, project: Project): Record<string, unknown> {
  // As the promotion does: what a key signed is in no public log, and has no certificate that one could be told of.
  const withoutLogs = { rekor: { ignoreTlog: true }, ctlog: { ignoreSCT: true } };
  if (signer.kind === 'key') return { keys: { publicKeys: publicKey(signer.path), ...withoutLogs } };
  return { keyless: { issuer: ISSUER, subjectRegExp: subjectOf(signer.file, project), rekor: { url: REKOR } } };
}

function sigstoreAuthority(signer: Signer, project: Project): Record<string, unknown> {
  if (signer.kind === 'key') return { key: { data: publicKey(signer.path) } };
  const identities = [{ issuer: ISSUER, subjectRegExp: subjectOf(signer.file, project) }];
  return { keyless: { url: FULCIO, identities }, ctlog: { url: REKOR } };
}
