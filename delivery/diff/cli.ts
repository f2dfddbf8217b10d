import { parseArgs } from 'node:util';
import { Git } from '../git.ts';
import { run } from '../run.ts';
import { againstCluster } from './cluster.ts';
import { renderConsole } from './console.ts';
import { renderMarkdown } from './markdown.ts';
import { reportOf } from './report.ts';
import { betweenEnvironments, type Sides, sinceRevision } from './sides.ts';

const USAGE = `What changes in dist/, told for a reviewer.

  npm run diff                              since the last commit
  npm run diff -- --base main               since a revision
  npm run diff -- staging production        one environment against another
  npm run diff -- --cluster staging         against the cluster of the current kubectl context
  ... --markdown                            for a pull-request comment
  ... --fail-on-danger                      exit 1 when something may lose data or will not apply
`;

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      base: { type: 'string', default: 'HEAD' },
      cluster: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      'fail-on-danger': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const sides = await chooseSides(positionals, values);
  const report = reportOf(sides);
  process.stdout.write(values.markdown ? renderMarkdown(report) : renderConsole(report));
  return values['fail-on-danger'] && report.risks.some(({ level }) => level === 'danger') ? 1 : 0;
}

function chooseSides(positionals: readonly string[], values: { base: string; cluster: boolean }): Promise<Sides> {
  const root = process.cwd();
  const [first, second, ...rest] = positionals;
  if (rest.length > 0) throw new Error(`too many names: ${positionals.join(' ')}\n\n${USAGE}`);
  if (values.cluster) {
    if (first === undefined || second !== undefined) throw new Error(`--cluster needs one environment\n\n${USAGE}`);
    return againstCluster({ root, environment: first, run });
  }
  if (first === undefined) return sinceRevision(new Git(root), values.base);
  if (second === undefined) throw new Error(`compare '${first}' with what? Give two environments\n\n${USAGE}`);
  return betweenEnvironments(root, [first, second]);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`diff: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
