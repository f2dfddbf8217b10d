import { DATA_SETS } from '../../app/contract.ts';

/** Where the volume of the repository is mounted; nothing where the target is object storage. */
export const REPOSITORY = '/backup';

/** Keys in the store in which a backup says how it ended: the exporter beside each server shows them. */
export const BACKUP_KEYS = {
  /** 1, or 0 where the last snapshot is not what its source held. */
  verified: '{backup}:verified',
  /** With the name of a data set behind it: the records that the last good snapshot holds. */
  records: '{backup}:records:',
} as const;

/** The same, as the exporter wants to be told. */
export function backupKeys(): string[] {
  return [BACKUP_KEYS.verified, ...DATA_SETS.map((name) => `${BACKUP_KEYS.records}${name}`)];
}
