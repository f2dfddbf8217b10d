import type { Plan } from '../plan/part.ts';

/**
 * For a cluster without the External Secrets operator: one line per secret. It asks for the values, because on a command line every user
 * of the machine could read them, and the shell's history would keep them.
 */
export function createSecretCommands({ environment, secrets }: Plan): string[] {
  if (environment.secrets.kind !== 'external') return [];
  return secrets.map(({ name, namespace, keys }) => {
    const asked = keys.filter(({ optional }) => optional !== true).map(({ key }) => key);
    return ['charts/secrets/fill-secret.sh', namespace ?? environment.namespace, name, ...asked].join(' ');
  });
}
