import { describe, expect, it } from 'vitest';
import { CLAIM, DEPLOYMENT, diff, NAMESPACE } from './fixtures/manifests.ts';
import { renderConsole, renderJson, renderMarkdown } from './render.ts';
import { reportOf } from './report.ts';
import { snapshotOf } from './snapshot.ts';

describe('the report', () => {
  it('is empty when only the order and the style of the text differ', () => {
    const report = diff(
      NAMESPACE,
      '{"kind": "Namespace", "metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}, "name": "demo"}, "apiVersion": "v1"}',
    );
    expect(report.summary).toBe('no object changes');
  });

  it('matches the items of lists by name, not by place', () => {
    const more = DEPLOYMENT.replace(
      '      containers:\n',
      '      containers:\n        - { name: helper, image: "helper:1" }\n',
    );
    expect(diff(DEPLOYMENT, more).changed).toEqual([
      {
        objects: ['Deployment demo/shop (dist/demo.k8s.yaml)'],
        fields: ['spec.template.spec.containers.helper: + {"name":"helper","image":"helper:1"}'],
      },
    ]);
  });

  it('tells objects that change alike only once', () => {
    const twice = (text: string) => `${text}---${text.replace('name: demo', 'name: other')}`;
    const report = diff(twice(NAMESPACE), twice(NAMESPACE.replace('restricted', 'baseline')));
    expect(report.changed.map(({ objects }) => objects.length)).toEqual([2]);
  });

  it('shows the line that differs in a text of many', () => {
    const config = (limit: string) =>
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {conf: "a\\n${limit}\\nb\\n"}}`;
    expect(diff(config('max 1'), config('max 2')).changed[0]?.fields).toEqual(['data.conf: max 1 -> max 2']);
  });

  it('never shows the values of a Secret', () => {
    const secret = (value: string) =>
      `{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {key: ${value}}}`;
    const report = diff(secret('hunter2'), secret('correct-horse'));
    expect(renderConsole(report) + renderMarkdown(report) + renderJson(report)).not.toMatch(/hunter2|correct-horse/);
    expect(report.changed[0]?.fields).toEqual(['stringData.key: (hidden) -> (hidden)']);
  });

  it('escapes what would forge Markdown or HTML in a comment', () => {
    const forged = NAMESPACE.replace('restricted', '"</code><img src=x>|@everyone [x](http://x)"');
    expect(renderMarkdown(diff(NAMESPACE, forged))).not.toMatch(/<img|\[x\]|@everyone|[^;]\|@/);
  });

  it('shortens a comment that GitHub would refuse', () => {
    const many = Array.from(
      { length: 4000 },
      (_, index) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: config-${index}}}`,
    ).join('\n---\n');
    const text = renderMarkdown(diff('', many));
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain('too long for a comment');
  });

  it('shows what came where a text of many lines only grows', () => {
    const config = (more: string) =>
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {conf: "a\\n${more}b\\n"}}`;
    const fields = diff(config(''), config('{\\nmin 1\\n')).changed[0]?.fields;
    expect(fields).toEqual(['data.conf: + min 1 (and 1 more line)']);
  });

  it('shortens checksums, which say only that something else differs', () => {
    const sum = (digit: string) => DEPLOYMENT.replace('replicas: 3', `sum: "${digit.repeat(64)}"`);
    expect(diff(sum('1'), sum('a')).changed[0]?.fields).toEqual(['spec.sum: 11111111… -> aaaaaaaa…']);
  });

  it('gives a program the risks as they are read', () => {
    const shown = JSON.parse(renderJson(diff(DEPLOYMENT, DEPLOYMENT.replace('replicas: 3', 'replicas: 2'))));
    expect(shown).toMatchObject({
      summary: expect.stringContaining('1 to look at'),
      riskGroups: [{ level: 'caution', objects: ['Deployment demo/shop'], message: expect.stringContaining('3 -> 2') }],
    });
  });

  it('tells the same risk of several objects once, in a terminal and in a comment', () => {
    const three = (text: string) => ['one', 'two', 'three'].map((name) => text.replace('shop', name)).join('---');
    const report = diff(three(DEPLOYMENT), three(DEPLOYMENT.replace('replicas: 3', 'replicas: 2')));
    expect(report.riskGroups.map(({ objects }) => objects.length)).toEqual([3]);
    expect(renderConsole(report).match(/fewer pods/g)).toHaveLength(1);
    expect(renderMarkdown(report).match(/fewer pods/g)).toHaveLength(1);
    for (const name of ['one', 'two', 'three']) expect(renderConsole(report)).toContain(`! Deployment demo/${name}`);
  });

  it('only compares two environments: neither takes the place of the other', () => {
    const side = (text: string) => snapshotOf([{ path: 'a.yaml', text }]);
    const report = reportOf({ title: 'x', replaces: false, before: side(CLAIM), after: side('') });
    expect(report.risks).toEqual([]);
    expect(report.summary).toBe('0 added, 1 removed, 0 changed');
  });
});
