import { describe, expect, it } from 'vitest';
import { OLDEST } from './oldest.ts';
import { oldest, shapeAt, shapeOfKind } from './schemas.ts';

/** The fields of the type at the end of a path that the oldest release does not have. */
function newerAt(apiVersion: string, kind: string, ...path: readonly string[]): readonly string[] {
  let shape = shapeOfKind(apiVersion, kind);
  for (const key of path) {
    if (typeof shape === 'object' && 'list' in shape) shape = shapeAt(shape.list);
    const below = typeof shape === 'object' && 'fields' in shape ? shape.fields[key] : undefined;
    expect(below, `${kind} has ${path.join('.')}`).toBeDefined();
    shape = shapeAt(below ?? 0);
  }
  return typeof shape === 'object' && 'fields' in shape ? (shape.newer ?? []) : [];
}

describe(`what is newer than Kubernetes ${OLDEST}`, () => {
  it('are the kinds that became stable later', () => {
    expect(oldest().release).toBe(OLDEST);
    expect(oldest().newer).toContain('admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy');
    expect(oldest().newer).not.toContain('apps/v1/Deployment');
    expect(oldest().newer.filter((kind) => /traefik|monitoring|gateway|argoproj/.test(kind))).toEqual([]);
  });

  it('are the fields that were added later, wherever their type is used', () => {
    expect(newerAt('v1', 'Service', 'spec')).toEqual(['trafficDistribution']);
    for (const [apiVersion, kind] of [
      ['apps/v1', 'Deployment'],
      ['apps/v1', 'StatefulSet'],
      ['batch/v1', 'Job'],
    ] as const)
      expect(newerAt(apiVersion, kind, 'spec', 'template', 'spec')).toContain('resources');
    expect(newerAt('apps/v1', 'Deployment', 'spec', 'template', 'spec')).not.toContain('topologySpreadConstraints');
  });

  it('is nothing of maps, metadata and what the oldest release has too', () => {
    expect(newerAt('v1', 'ConfigMap')).toEqual([]);
    expect(newerAt('apps/v1', 'Deployment', 'metadata')).toEqual([]);
    expect(newerAt('apps/v1', 'Deployment', 'spec')).toEqual([]);
    expect(newerAt('networking.k8s.io/v1', 'NetworkPolicy', 'spec')).toEqual([]);
  });
});
