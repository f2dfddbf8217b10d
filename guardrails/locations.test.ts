import { describe, expect, it } from 'vitest';
import { checkPlatform } from './engine.ts';
import { parseText, readText } from './input/parse.ts';

const ITEMS = 500;
const items = Array.from(
  { length: ITEMS },
  (_, index) => `- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a${index}}\n  data: {a: ${index}}\n`,
);
const LIST = `apiVersion: v1\nkind: List\nitems:\n${items.join('')}`;
const STREAM = items.map((item) => item.replace(/^..(?=\w)/gm, '')).join('---\n');

describe('positions of findings', () => {
  it('are found in every item of a List, in time that grows with the list and not with its square', () => {
    const start = process.cpuUsage();
    const findings = checkPlatform([parseText('list.yaml', LIST)]);
    expect(findings.map(({ line, column }) => [line, column])).toEqual(items.map((_, index) => [index * 4 + 7, 13]));
    expect(process.cpuUsage(start).user / 1e6, 'seconds of CPU').toBeLessThan(5);
  });

  it('are found in every document of a stream', () => {
    const findings = checkPlatform([parseText('stream.yaml', STREAM)]);
    expect(findings.map(({ line, column }) => [line, column])).toEqual(items.map((_, index) => [index * 5 + 4, 11]));
  });

  it('are counted as an editor does behind a document in which YAML ends more lines', () => {
    const other =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\ndata: {a: "one\u0085 two\u2028 three"}\n---\n';
    const findings = checkPlatform([parseText('stream.yaml', `${other}${STREAM}`)]);
    expect(findings.map(({ line }) => line)).toEqual(items.map((_, index) => index * 5 + 9));
  });

  it('are found before the end of a document, whatever follows it', () => {
    const text = `${STREAM.split('---')[0]}...\nkind: Pod\n`;
    expect(checkPlatform([readText('a.yaml', text)])).toMatchObject([
      { rule: 'readable', line: 5 },
      { rule: 'fits-schema', line: 4, column: 11 },
    ]);
  });

  it('fall back on the nearest ancestor that is written', () => {
    const [finding] = checkPlatform([
      parseText('pod.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n'),
    ]);
    expect(finding).toMatchObject({ rule: 'fits-schema', line: 4, column: 7 });
  });
});
