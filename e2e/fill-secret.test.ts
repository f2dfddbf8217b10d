import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../root.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { kubectl } from './real-kubectl.ts';

/** The real kubectl, which makes the object and shows it instead of sending it. */
it.skipIf(kubectl === undefined)('fill-secret.sh makes the Secret, whatever characters its values have', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'kubectl'), `#!/bin/sh\nexec '${kubectl}' "$@" --dry-run=client --output=json\n`, {
    mode: 0o755,
  });
  const values = { 'redis-password': `a=b "c" 'd' $(e) #f\\`, 'smtp.password': ' ünï ' };
  const { stdout, stderr } = spawnSync(
    join(ROOT, 'charts/secrets/fill-secret.sh'),
    ['quotes-test', 'redis', ...Object.keys(values)],
    {
      input: Object.values(values).join('\n'),
      encoding: 'utf8',
      env: { ...process.env, PATH: `${folder}:${process.env['PATH']}`, KUBECONFIG: join(folder, 'none') },
    },
  );
  expect(stderr).toBe('');
  const { kind, metadata, data } = JSON.parse(stdout);
  expect({ kind, ...metadata }).toMatchObject({ kind: 'Secret', namespace: 'quotes-test', name: 'redis' });
  const decoded = Object.entries<string>(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]);
  expect(Object.fromEntries(decoded)).toEqual(values);
});
