import { runCommand, UsageError } from '../command.ts';
import { Git } from '../git.ts';
import { run } from '../run.ts';
import { renderConsole, renderJson, renderMarkdown } from './render.ts';
import { reportOf } from './report.ts';
import { againstCluster, betweenEnvironments, type Sides, sinceRevision } from './snapshot.ts';

const USAGE = `What changes in dist/, told for a reviewer.

  npm run diff                              since the last commit
  npm run diff -- --base main               since a revision
  npm run diff -- staging production        one environment against another
  npm run diff -- --cluster staging         against the cluster of the current kubectl context
  ... --markdown, --json                    for a pull-request comment, for a program
  ... --fail-on-danger                      exit 1 when something may lose data or will not apply
`;

function chooseSides(positionals: readonly string[], values: { base: string; cluster: boolean }): Promise<Sides> {
  const root = process.cwd();
  const [first, second, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`too many names: ${positionals.join(' ')}`);
  if (values.cluster) {
    if (first === undefined || second !== undefined) throw new UsageError('--cluster needs one environment');
    return againstCluster({ root, environment: first, run });
  }
  if (first === undefined) return sinceRevision(new Git(root), values.base);
  if (second === undefined) throw new UsageError(`compare '${first}' with what? Give two environments`);
  return betweenEnvironments(root, [first, second]);
}

await runCommand({
  name: 'diff',
  usage: USAGE,
  finding: 'with --fail-on-danger, something may lose data or will not apply',
  options: {
    base: { type: 'string', default: 'HEAD' },
    cluster: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'fail-on-danger': { type: 'boolean', default: false },
  },
  main: async ({ values, positionals }) => {
    const report = reportOf(await chooseSides(positionals, values));
    const render = values.json ? renderJson : values.markdown ? renderMarkdown : renderConsole;
    process.stdout.write(render(report));
    return values['fail-on-danger'] && report.risks.some(({ level }) => level === 'danger') ? 1 : 0;
  },
});
