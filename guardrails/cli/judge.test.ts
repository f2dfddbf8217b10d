import { chmodSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { CLEAN, call, workplace } from '../fixtures/command-line.ts';

const { file } = workplace();

it.each([
  ['ends before it answers', 'read line; exit 3', /judge: ended with 3/],
  ['answers about fewer objects', `cat >/dev/null; echo '{"id":0,"answers":[]}'`, /judge: 1 objects, 0 answers/],
])('cannot go on where the judge %s', async (_what, body, reason) => {
  const program = file('judge', `#!/bin/sh\n${body}\n`);
  chmodSync(program, 0o755);
  vi.stubEnv('GUARDRAILS_JUDGE', program);
  expect(await call([file('clean.yaml', CLEAN)])).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(reason),
  });
});
