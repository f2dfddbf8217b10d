import { PROMISES } from '../../annotations.ts';
import { commandWords } from '../../config-text.ts';
import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { holdsRandom } from '../../random-words.ts';
import { each, eachObject, rules } from '../../rule.ts';
import type { Container } from '../../workload.ts';
import { shapeIn } from './secret-shapes.ts';

export const secretsRules = rules({
  'no-literal-secret': {
    title: 'Where secrets are managed, no Secret stands in the manifests',
    rationale: 'Base64 is no encryption: a Secret in git is a password in git.',
    docs: 'https://kubernetes.io/docs/concepts/security/secrets-good-practices/',
    where: PROMISES.managedSecrets,
    check: eachObject('Secret', function* (secret) {
      const at = ['data', 'stringData'].map((key) => secret.at(key)).find(({ entries }) => entries.length > 0);
      const keys = at?.entries.map(([key]) => key).join(', ');
      const fix = 'Let an ExternalSecret bring it, and change the values that stood here.';
      if (at) yield { at, message: `holds ${keys} in the open`, fix };
    }),
  },
  'no-secret-in-the-open': {
    title: 'No secret stands in a ConfigMap, an environment value, an argument or an annotation',
    rationale: 'What stands there is read by everybody who may list pods or ConfigMaps, and stays in git for ever.',
    docs: 'https://kubernetes.io/docs/concepts/configuration/secret/',
    elsewhere: 'warning',
    check: each(places, function* ({ name, at, where, value, byShape = false }) {
      const text = value ?? at.scalar ?? '';
      const isNamed = !byShape && isSecretByName(name, text);
      const what = isNamed ? 'a secret, as its name says' : byShape ? shapeIn(text) : secretIn(text);
      const fix =
        'Put it into a Secret (best brought by a secret store), and refer to that. If it was ever pushed, change it.';
      if (what !== undefined) yield { at, message: `${where} ${name} holds ${what}`, fix };
    }),
  },
});

interface Place {
  readonly name: string;
  readonly at: Field;
  readonly where: string;
  /** What is judged, where it is only a part of the text. @default - the whole text */
  readonly value?: string;
  /** Whether only what is secret wherever it stands counts, for texts of a meaning unknown here. @default false */
  readonly byShape?: true;
}

/** Everything readable that may hold one; keys of dashboards and checksums say nothing secret, so annotations of checksums are left out. */
function* places(platform: Platform): Iterable<Place> {
  for (const map of platform.ofKind('ConfigMap')) {
    for (const [name, at] of map.at('data').entries) {
      yield { name, at, where: 'ConfigMap key' };
      if (SETTINGS.test(name)) yield* inSettings(at);
    }
    for (const [name, at] of map.at('binaryData').entries)
      yield { name, at, where: 'ConfigMap key', value: Buffer.from(at.text ?? '', 'base64').toString(), byShape: true };
  }
  for (const resource of platform.resources) {
    for (const [name, at] of resource.at('metadata', 'annotations').entries) {
      if (/checksum|hash|last-applied/i.test(name)) continue;
      // What ingress controllers call so is where the Secret is: `namespace/name`.
      const isName = NAMES_SECRET.test(name) && /^(?!.*[\da-f]{16})[a-z\d./-]+$/.test(at.text ?? '');
      yield { name, at, where: 'annotation', ...(isName ? { byShape: true } : {}) };
    }
    if (resource.group.includes('.') && !/\.k8s\.io$|^bitnami\.com$/.test(resource.group))
      yield* inCustom(resource.at('spec'), '');
  }
  for (const container of platform.containers) yield* inContainer(container);
}

/** Files of settings, in which a name tells what its value is. */
const SETTINGS = /\.(properties|env|sh|ya?ml|json|toml|ini|conf|cfg|cnf|config|xml|hcl|tfvars)$|^\.?(env|npmrc|netrc)$/;
/** `password: x`, `a.password=x`, `"password": "x"`, `<password>x<`. */
const SETTING =
  /(?<![\w.${-])["']?([\w.-]{1,100})["']?(?:[ \t]{0,20}[:=][ \t]{0,20}|>)(?:"([^"\n]{1,500})"|'([^'\n]{1,500})'|([^\s"'#,;<>]{1,500}))/g;
const COMMENT = /^[ \t]*[#;].*$/gm;

/** What stands in braces or names a variable is filled in later; what holds a space is a sentence about it. */
function* inSettings(at: Field, isOfChart = false): Iterable<Place> {
  // In a script, `token: missing` is a message.
  const isScript = String(at.path.at(-1)).endsWith('.sh');
  const text = NAMES_SOME.test(at.text ?? '') ? (at.text ?? '') : '';
  for (const [all, name = '', double, single, plain] of text.replace(COMMENT, '').matchAll(SETTING)) {
    const value = double ?? single ?? plain ?? '';
    if (isScript && !all.includes('=')) continue;
    const isNamed = isSecretByName(name, value) && !(isOfChart && NAMES_SECRET.test(name));
    if (!/[${}|&*`\s]/.test(value) && isNamed) yield { name, at, where: 'setting', value };
  }
}

/** Of a custom resource nothing is known but what is secret anywhere, and the values that it hands to a chart. */
function* inCustom(field: Field, name: string, isValue = false): Iterable<Place> {
  const isNamed = isValue && !NAMES_SECRET.test(name);
  if (field.text !== undefined) yield { name, at: field, where: 'field', ...(isNamed ? {} : { byShape: true }) };
  for (const item of field.items) {
    const { name: parameter } = item.texts;
    if (name === 'parameters' && parameter !== undefined && !NAMES_SECRET.test(parameter))
      yield { name: parameter, at: item.at('value'), where: 'parameter' };
    yield* inCustom(item, name, isValue);
  }
  for (const [key, below] of field.entries) {
    if (CHART_VALUES.test(key)) yield* inSettings(below, true);
    yield* inCustom(below, key, isValue || (CHART_VALUES.test(key) && below.text === undefined));
  }
}

const CHART_VALUES = /^values(Object)?$/;
/** What a chart calls so is the name of a Secret: `existingSecret`, `certificatesSecret`. */
const NAMES_SECRET = /(?<!client[-_]?)secret$/i;

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
    for (const at of container.field.at(key).items) {
      yield { name: String(at.path.at(-1)), at, where: key };
      if (!at.text?.startsWith('-')) yield* inSettings(at);
    }
  }
  for (const at of EXECUTED.map((path) => container.field.at(...path.split('.'), 'exec', 'command')))
    yield { name: String(at), at, where: 'command', value: at.words.join(' '), byShape: true };
}

/** Commands that the kubelet runs in a container. */
const EXECUTED = ['startupProbe', 'livenessProbe', 'readinessProbe', 'lifecycle.postStart', 'lifecycle.preStop'];

/** Names of what must stay secret, their words apart: `REDIS_PASSWORD`, `api-key`, `client_Secret`, `requirepass`. */
const SECRET_NAME =
  /(^|[_\-.])(pass(word|wd|phrase)?|pwd|secret|token|(api|private|access|admin|secret|signing|encryption)[_-]?key|credentials?)$|(password|secret|apikey|requirepass|masterauth)$/i;
/** Of these words each of them has one. */
const NAMES_SOME = /pass|pwd|secret|token|key|credential|masterauth/i;
/** Names that only say where, or about what: `PASSWORD_FILE`, `SECRET_NAME`, `TOKEN_TTL`. */
const ABOUT_SECRET =
  /(existing|image_?pull|tls|from|ref)[_-]?secret$|initial[_-]cluster[_-]token$|(file|path|dir|name|ref|url|uri|ttl|expiry|expiration|length|policy|enabled|type|id)s?$/i;
/** Values that are no secret: empty, an /etc/passwd, a switch, a number, a path, a list, a placeholder, a type, a reference to another variable or secret, a tag. */
const HARMLESS =
  /^$|^[\w-]{1,100}:[x*!]?:\d{1,10}:|^(true|false|yes|no|on|off|none|null|nil|optional|required|string|object|changeit|bearer|basic)$|^\d{1,6}[smhd]?$|^\.{0,2}\/|^<.*>$|^\$[({]|^\{\{|^\[|^(@.*@|%.*%|%[sqv]|__.*__)$|^!(vault|secret|env\w{0,9}|include\w{0,9}|ref|sub|getatt)$|^(ENC[[(]|vault:|env:|file:|secret:|ref\+)|^(changeme|change-me|placeholder|redacted|x{3,}|\*+|(your|insert|enter|replace)[-_][a-z_-]{0,40}(pass(word|wd|phrase)?|secret|token|key|credentials?|value|here|this|me))$/i;

/** Keys and certificates that anybody may know, and what is encrypted. */
const PUBLIC =
  /\b(ssh-(rsa|dss|ed25519)|ecdsa-sha2-\S{1,30}|sk-\S{1,40}) [A-Za-z\d+/=]+|-----BEGIN (CERTIFICATE|PUBLIC KEY|CERTIFICATE REQUEST)-----[A-Za-z\d+/=\s]*|\bsha(256|384|512)-[A-Za-z\d+/=]+|\bENC(\([A-Za-z\d+/=]+\)|\[[^\]\n]{1,2000}\])/g;

/** What in a text must stay secret, by its shape or its randomness; undefined when nothing looks so. */
export function secretIn(text: string): string | undefined {
  const shape = shapeIn(text);
  if (shape !== undefined) return shape;
  return holdsRandom(text) && holdsRandom(text.replace(PUBLIC, '')) ? 'a long random word' : undefined;
}

/** Whether a value is secret because of the name it goes by. */
export function isSecretByName(name: string, value: string): boolean {
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1_$2');
  if (!SECRET_NAME.test(words) || ABOUT_SECRET.test(words)) return false;
  // A label in some language: `Password`, `Jeton`.
  const isWord = words.toLowerCase().endsWith(value.toLowerCase()) || /^(\p{Lu}\p{Ll}+|[\p{Lo}\p{Lm}]+)$/u.test(value);
  return !isWord && !HARMLESS.test(value) && !isReference(words, value);
}

/** `credentials: s3-credentials` names the Secret that holds them; a password may well be such a word. */
function isReference(name: string, value: string): boolean {
  const [what] = /(credentials?|secret|token|key)$/.exec(name.toLowerCase()) ?? [];
  return what !== undefined && new RegExp(`^[a-z][a-z\\d-]*-${what}s?$`).test(value);
}
