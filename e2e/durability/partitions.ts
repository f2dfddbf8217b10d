/** What one failed link leaves on the primary's side. */
export interface Partition {
  readonly name: string;
  readonly withPrimary: { readonly replicas: number; readonly sentinels: number; readonly application: boolean };
  readonly short: boolean;
}

/**
 * A single failed link splits a network in two only where it was the one way between the sides (a pod's own link, a node's, a
 * rack's, a zone's, whichever way the pods are placed), so any set of the seven pods can be one of the sides: 2^6 - 1 = 63 ways.
 * Replicas are alike, and so are Sentinels: up to that, a way is told by what stays with the primary (0 to 2 replicas, 0 to 3
 * Sentinels, the application or not): 3 x 4 x 2 = 24, without the one in which everything does: 23.
 */
export const PARTITIONS: readonly Partition[] = [0, 1, 2].flatMap((replicas) =>
  [0, 1, 2, 3].flatMap((sentinels) =>
    [true, false]
      .map((application) => ({ replicas, sentinels, application }))
      .filter((side) => !(side.replicas === 2 && side.sentinels === 3 && side.application))
      .map((side) => ({ name: nameOf(side), withPrimary: side, short: isShort(side) })),
  ),
);

type Side = Partition['withPrimary'];

/** The one that lost most before acknowledgement by every replica: the application goes on with a primary that is deposed. */
function isShort({ replicas, sentinels, application }: Side): boolean {
  return replicas === 1 && sentinels === 1 && application;
}

function nameOf({ replicas, sentinels, application }: Side): string {
  const members = [
    'primary',
    ...(replicas > 0 ? [`${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`] : []),
    ...(sentinels > 0 ? [`${sentinels} ${sentinels === 1 ? 'Sentinel' : 'Sentinels'}`] : []),
    ...(application ? ['application'] : []),
  ];
  return `partition: ${members.join(' + ')} | the rest`;
}
