import { runCommand } from '../delivery/command.ts';
import { Git } from '../delivery/git.ts';
import { ROOT } from '../root.ts';

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

await runCommand({
  name: 'drift',
  usage: 'Tells which generated files differ from what is committed.\n\n  npm run drift\n',
  finding: 'a file differs',
  main: async () => {
    const changes = await new Git(ROOT).changes(...GENERATED);
    if (changes.length === 0) return 0;
    console.error(`${changes.join('\n')}\n\nThese files are not what the sources make of them, or are not committed.`);
    console.error('Run `npm run synth`, read `git diff`, and commit them with the change that caused them.');
    return 1;
  },
});
