import { k8s } from 'cdk8s-plus-28';

/** A volume that one pod at a time writes to. Null is the cluster's default storage class. */
export function claimSpec(sizeGi: number, storageClass: string | null): k8s.PersistentVolumeClaimSpec {
  return {
    accessModes: ['ReadWriteOnce'],
    ...(storageClass === null ? {} : { storageClassName: storageClass }),
    resources: { requests: { storage: k8s.Quantity.fromString(`${sizeGi}Gi`) } },
  };
}

/** The volume that each pod of a StatefulSet gets and keeps, mounted by the name `data`. */
export function dataClaim(sizeGi: number, storageClass: string | null): k8s.KubePersistentVolumeClaimProps {
  return { metadata: { name: 'data' }, spec: claimSpec(sizeGi, storageClass) };
}
