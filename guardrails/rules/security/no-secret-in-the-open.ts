import { commandWords } from '../../config-text.ts';
import type { Container } from '../../container.ts';
import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';
import { isSecretByName, secretIn } from '../../secret-text.ts';

export const noSecretInTheOpen: Rule = {
  id: 'no-secret-in-the-open',
  title: 'No secret stands in a ConfigMap, an environment value, an argument or an annotation',
  rationale: 'What stands there is read by everybody who may list pods or ConfigMaps, and stays in git for ever.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/configuration/secret/',
  *check(platform) {
    for (const { name, at, where, value } of places(platform)) {
      const text = value ?? at.scalar ?? '';
      const what = isSecretByName(name, text) ? 'a secret, as its name says' : secretIn(text);
      if (what === undefined) continue;
      yield {
        at,
        message: `${where} ${name} holds ${what}`,
        fix: 'Put it into a Secret (best brought by a secret store), and refer to that. If it was ever pushed, change it.',
        severity: platform.environmentOf(at.resource.namespace) ? 'error' : 'warning',
      };
    }
  },
};

interface Place {
  readonly name: string;
  readonly at: Field;
  readonly where: string;
  /** What is judged, where it is only a part of the text. @default - the whole text */
  readonly value?: string;
}

/** Everything readable that may hold one; keys of dashboards and checksums say nothing secret, so annotations of checksums are left out. */
function* places(platform: Platform): Iterable<Place> {
  for (const map of platform.ofKind('ConfigMap')) {
    for (const [name, at] of map.at('data').entries) {
      yield { name, at, where: 'ConfigMap key' };
      if (/\.(properties|env|ya?ml|toml|ini|conf|cfg)$|^\.?env$/.test(name)) yield* inSettings(at);
    }
  }
  for (const resource of platform.resources) {
    for (const [name, at] of resource.at('metadata', 'annotations').entries) {
      if (!/checksum|hash|last-applied/i.test(name)) yield { name, at, where: 'annotation' };
    }
  }
  for (const container of platform.workloads.flatMap(({ containers }) => containers)) yield* inContainer(container);
}

/** `password: x` and `a.password=x`, a line each; what stands in braces or names a variable is filled in later. */
function* inSettings(at: Field): Iterable<Place> {
  for (const line of (at.text ?? '').split('\n')) {
    const [, name = '', value = ''] =
      /^[ \t]*(?:export )?["']?([\w.-]{1,100})["']?[ \t]*[:=][ \t]*["']?([^\s"'#]+)/.exec(line) ?? [];
    const isSecret = value !== '' && !/[${}<>|&*]/.test(value) && isSecretByName(name, value);
    if (isSecret) yield { name, at, where: 'setting', value };
  }
}

function* inContainer(container: Container): Iterable<Place> {
  for (const variable of container.env) {
    yield { name: variable.at('name').text ?? '', at: variable.at('value'), where: 'environment value' };
  }
  const words = commandWords(container);
  for (const [index, { word, at }] of words.entries()) {
    const [, flag, value] = /^--?([\w.-]+)(?:=(.*))?$/.exec(word) ?? [];
    if (flag === undefined) continue;
    const given = (value ?? words[index + 1]?.word ?? '').replace(/^["']/, '');
    if (isSecretByName(flag, given) && !/^[-$]/.test(given)) yield { name: flag, at, where: 'argument', value: given };
  }
  for (const key of ['command', 'args']) {
    for (const at of container.field.at(key).items) yield { name: String(at.path.at(-1)), at, where: key };
  }
}
