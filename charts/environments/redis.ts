export type { BackupTarget, Redis, RedisBackup, RedisContainer } from '../plan/environment.ts';
