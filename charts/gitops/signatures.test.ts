import { describe, expect, it } from 'vitest';
import { at, theOnly } from '../../test/manifests.ts';
import { PLATFORM, platformWith } from '../../test/platform.ts';
import { RELEASE_WORKFLOW } from '../environments/defaults.ts';
import { production } from '../environments/production.ts';
import type { Promotion } from '../plan/environment.ts';
import type { Manifest } from '../plan/part.ts';
import { environmentProblems } from '../plan/problems.ts';
import { project } from '../project.ts';
import { synthesize } from '../synthesize.ts';

/** Any file does: what it holds is the controller's to read. */
const KEY = 'LICENSE';

function addonsWith(promotion: Partial<Promotion>): readonly Manifest[] {
  const environment = { ...production, promotion: { signer: RELEASE_WORKFLOW, after: null, ...promotion } };
  const files = synthesize(platformWith(environment));
  return files.find(({ path }) => path === 'addons/production.k8s.yaml')?.objects ?? [];
}

/** Whether a certificate of this subject would be taken. */
function takes(expression: unknown, subject: string): boolean {
  return new RegExp(String(expression)).test(subject);
}

const WORKFLOW = `${project.repository}/.github/workflows/release.yml`;
const STRANGERS = [
  `${WORKFLOW}@refs/heads/main`,
  `${project.repository}/.github/workflows/check.yml@refs/tags/v1.0.0`,
  `${WORKFLOW.replace('github.com', 'githubXcom')}@refs/tags/v1.0.0`,
  `https://example.com/?${WORKFLOW}@refs/tags/v1.0.0`,
];

describe('a policy for the admission controller', () => {
  it('is not there where no controller is named', () => {
    expect(JSON.stringify(addonsWith({}))).not.toMatch(/verifyImages|ClusterImagePolicy/);
  });

  it('of Kyverno enforces the signature of the release workflow, run for a version, on our image in our namespace', () => {
    const policy = theOnly(addonsWith({ admission: 'kyverno' }), 'Policy', 'signed-images');
    expect(at(policy, 'metadata.namespace')).toBe(production.namespace);
    const check = at(policy, 'spec.rules.0.verifyImages.0');
    expect(check).toMatchObject({ imageReferences: [`${project.image}*`], failureAction: 'Enforce', required: true });
    const keyless = at(check, 'attestors.0.entries.0.keyless');
    expect(at(keyless, 'issuer')).toBe('https://token.actions.githubusercontent.com');
    expect(takes(at(keyless, 'subjectRegExp'), `${WORKFLOW}@refs/tags/v1.2.3`)).toBe(true);
    for (const subject of STRANGERS) expect(takes(at(keyless, 'subjectRegExp'), subject), subject).toBe(false);
  });

  it('of the policy controller asks the same', () => {
    const policy = theOnly(addonsWith({ admission: 'policy-controller' }), 'ClusterImagePolicy', production.namespace);
    expect(at(policy, 'spec.images')).toEqual([{ glob: `${project.image}*` }]);
    const identity = at(policy, 'spec.authorities.0.keyless.identities.0');
    expect(takes(at(identity, 'subjectRegExp'), `${WORKFLOW}@refs/tags/v1.2.3`)).toBe(true);
    for (const subject of STRANGERS) expect(takes(at(identity, 'subjectRegExp'), subject), subject).toBe(false);
  });

  it('holds the public key where a key signs, and is told when there is none', () => {
    const signer = { kind: 'key', path: KEY } as const;
    const policy = theOnly(
      addonsWith({ admission: 'policy-controller', signer }),
      'ClusterImagePolicy',
      production.namespace,
    );
    expect(String(at(policy, 'spec.authorities.0.key.data'))).toContain('Apache License');
    const keys = at(
      theOnly(addonsWith({ admission: 'kyverno', signer }), 'Policy', 'signed-images'),
      'spec.rules.0.verifyImages.0.attestors.0.entries.0.keys',
    );
    // What a key signed is in no log; Kyverno looks into both unless it is told.
    expect(keys).toMatchObject({ rekor: { ignoreTlog: true }, ctlog: { ignoreSCT: true } });
    const lost = {
      ...production,
      promotion: { signer: { ...signer, path: 'no.pub' }, after: null, admission: 'kyverno' },
    } as const;
    expect(environmentProblems(PLATFORM, lost)).toEqual([
      expect.stringContaining("promotion.signer.path 'no.pub' is no file"),
    ]);
  });
});
