import { execFileSync } from 'node:child_process';

/** What is generated and committed: after a synthesis, git must have nothing to say about it. */
const GENERATED = [
  'dist',
  'examples',
  'compose.yaml',
  'compose.gateway.yaml',
  'docs/explanation/architecture.md',
  'docs/explanation/for-decision-makers.md',
  'docs/reference',
  'docs/runbooks',
];

const status = execFileSync('git', ['status', '--porcelain', '--untracked-files=all', '--', ...GENERATED], {
  encoding: 'utf8',
});

if (status !== '') {
  console.error(`${status}\nThese files are not what the sources make of them, or are not committed.`);
  console.error('Run `npm run synth`, read `git diff`, and commit them with the change that caused them.');
  process.exitCode = 1;
}
