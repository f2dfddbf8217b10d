import { load, YAMLException } from 'js-yaml';
import type { Rule } from '../../rule.ts';

/** A program fills these in before it reads the file. */
const PLACEHOLDER = /\{\{|\$\{|<%/;

/** Files that are templates themselves are left alone; YAML with tags of its own (`!reference`) cannot be judged. */
export const configFilesParse: Rule = {
  id: 'config-files-parse',
  title: 'Files in a ConfigMap that are called .json are JSON, and those called .yaml are YAML',
  rationale:
    'The program refuses the file when it starts, or goes on with the old one; a dashboard is simply not there.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/configuration/configmap/#using-configmaps-as-files-from-a-pod',
  *check(platform) {
    for (const config of platform.ofKind('ConfigMap')) {
      for (const [name, at] of config.at('data').entries) {
        const wrong = at.text === undefined ? undefined : whatIsWrong(name, at.text);
        if (wrong === undefined) continue;
        yield {
          at,
          message: `${name} does not parse: ${wrong}`,
          fix: 'Correct the file.',
          severity: platform.environmentOf(config.namespace) ? 'error' : 'warning',
        };
      }
    }
  },
};

function whatIsWrong(name: string, text: string): string | undefined {
  if (text.trim() === '') return undefined;
  if (name.endsWith('.json')) return whatIsWrongInJson(text);
  const judged = /\.ya?ml$/.test(name) && !PLACEHOLDER.test(text) && !/(^|\s)!\w|^---/m.test(text);
  return judged ? whatIsWrongInYaml(text) : undefined;
}

function whatIsWrongInYaml(text: string): string | undefined {
  try {
    load(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return `${error.reason}, in its line ${error.mark.line + 1}`;
  }
}

/** Engines word the error differently; the position is the same in all, where they tell it. */
function whatIsWrongInJson(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    if (PLACEHOLDER.test(text.replaceAll(/"(?:[^"\\\n]|\\.)*"?/g, '""'))) return undefined;
    const position = Number(/position (\d+)/.exec(String(error))?.[1] ?? text.length);
    return `it is no JSON from its line ${text.slice(0, position).split('\n').length} on`;
  }
}
