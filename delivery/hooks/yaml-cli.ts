import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';

/** Reads the YAML files among the given ones and says where one cannot be read. */
async function main(paths: readonly string[]): Promise<number> {
  const faults = await Promise.all(paths.filter((path) => /\.ya?ml$/.test(path)).map(faultsIn));
  for (const fault of faults.flat()) process.stderr.write(`${fault}\n`);
  return faults.flat().length === 0 ? 0 : 1;
}

async function faultsIn(path: string): Promise<readonly string[]> {
  const documents = parseAllDocuments(await readFile(path, 'utf8'), { prettyErrors: true });
  return [...documents].flatMap(({ errors }) => errors.map(({ message }) => `${path}: ${message.split('\n')[0]}`));
}

process.exitCode = await main(process.argv.slice(2));
