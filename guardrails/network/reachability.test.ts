import { describe, expect, it } from 'vitest';
import { readPlatform } from '../engine.ts';
import { cases } from '../fixtures/cases.ts';
import { parseText } from '../input/parse.ts';
import { formatReachability, formatReachabilityMarkdown, reachability } from './reachability.ts';

function matrices(path: string) {
  const [file = '', name = ''] = path.split('/').slice(1);
  const text = cases(`rules/${file}.yaml`).find((one) => `${one.name}.yaml` === name)?.text ?? '';
  return reachability(readPlatform([parseText(path, text)]));
}

const RULES = 'rules/';

describe('the matrix of who reaches whom', () => {
  it('shows a declared call on its port, and the DNS', () => {
    const [shop] = matrices(`${RULES}undeclared-edges-denied/near-miss.yaml`);
    expect(shop?.from).toEqual(['web', 'cart', 'till']);
    expect(shop?.to).toEqual(['web', 'cart', 'till', 'kube-system/kube-dns']);
    expect(shop?.cells).toEqual([
      [
        [],
        [{ port: '8080', declared: true }],
        [],
        [
          { port: '53/UDP', declared: true },
          { port: '53', declared: true },
        ],
      ],
      [[], [], [], []],
      [[], [], [], []],
    ]);
  });

  it('marks what is allowed and nobody declares', () => {
    const [shop] = matrices(`${RULES}undeclared-edges-denied/broken.yaml`);
    const row = shop?.from.indexOf('till') ?? -1;
    const column = shop?.to.indexOf('cart') ?? -1;
    expect(shop?.cells[row]?.[column]).toEqual([{ port: '8080', declared: false }]);
  });

  it('says all where no policy stands between two pods', () => {
    const [shop] = matrices(`${RULES}undeclared-edges-denied/near-miss-foreign.yaml`);
    expect(shop?.cells[0]?.[1]).toEqual([{ port: 'all', declared: false }]);
    expect(shop?.from).toContain('anybody');
  });

  it('is a table for a terminal, numbered, with a legend', () => {
    const text = formatReachability(matrices(`${RULES}undeclared-edges-denied/broken.yaml`));
    expect(text).toMatch(/│3│till +│ +│8080!│/);
    expect(text).toContain('4 kube-system/kube-dns');
    expect(text).toContain('!: allowed, but no manifest says that it is called');
  });

  it('is a table in Markdown', () => {
    const text = formatReachabilityMarkdown(matrices(`${RULES}undeclared-edges-denied/near-miss.yaml`));
    expect(text).toContain('| from \\ to | web | cart | till | kube-system/kube-dns |');
    expect(text).toContain('| **web** |  | 8080 |  | 53/UDP 53 |');
  });

  it('shows addresses by their range', () => {
    const [shop] = matrices(`${RULES}policy-is-bounded/near-miss.yaml`);
    expect(shop?.to).toEqual(['cart', 'anybody']);
    expect(shop?.cells[0]?.[1]).toEqual([{ port: '443', declared: true }]);
  });
});
