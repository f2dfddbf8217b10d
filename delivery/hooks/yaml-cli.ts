import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { runCommand } from '../command.ts';

async function faultsIn(path: string): Promise<readonly string[]> {
  const documents = parseAllDocuments(await readFile(path, 'utf8'), { prettyErrors: true });
  return [...documents].flatMap(({ errors }) => errors.map(({ message }) => `${path}: ${message.split('\n')[0]}`));
}

await runCommand({
  name: 'yaml',
  usage: 'Reads the YAML files among the given ones: npm run yaml -- FILE... The hook before a commit asks this.\n',
  finding: 'a file is not YAML; where and why is in the output',
  main: async ({ positionals }) => {
    const paths = positionals.filter((path) => /\.ya?ml$/.test(path));
    const faults = (await Promise.all(paths.map(faultsIn))).flat();
    for (const fault of faults) process.stderr.write(`${fault}\n`);
    return faults.length === 0 ? 0 : 1;
  },
});
