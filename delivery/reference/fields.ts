import { parse } from '@babel/parser';
import type { CallExpression, Expression, Node, ObjectExpression } from '@babel/types';

/** One field of a schema as its reader meets it. */
export interface Field {
  /** `probes.ready`, `secrets[].keys[].key`, `volume (kind: s3).bucket`. */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly meaning: string;
}

interface Constant {
  readonly value: Expression;
  readonly comment: string;
}

/** Types that a reader knows by name better than by what they are made of. */
const NAMED: Readonly<Record<string, string>> = {
  text: 'text',
  dnsLabel: 'DNS label',
  serviceName: 'DNS label',
  host: 'host name',
  httpsUrl: 'https:// address',
  anyUrl: 'address',
  mailAddress: 'mail address',
  port: 'port',
  variable: 'name of a variable',
  httpPath: 'path',
  folder: 'absolute path',
  duration: 'duration',
  cidr: 'CIDR',
  cron: 'cron expression',
  timeZone: 'time zone',
  RESOURCES: '`cpuMillis`, `memoryMiB`, `ephemeralMiB`',
  containerSize: '`requests` and `limits`, each of `cpuMillis`, `memoryMiB`, `ephemeralMiB`',
  peer: '`namespace` and `podLabels`',
  addressRange: '`cidr` and its `ports`',
  check: '`{ http: path }` (with `port: name` where another one answers), `{ grpc: true }` or `{ tcp: true }`',
};

/**
 * The fields of zod schemas with their comments, read from the source: what is documented there is documented once.
 * It understands the calls that charts/plan/ uses, and fails for another, so that no field is left out in silence.
 */
export class SchemaSource {
  readonly #constants = new Map<string, Constant>();

  constructor(sources: readonly string[]) {
    for (const source of sources) {
      for (const statement of parse(source, { sourceType: 'module', plugins: ['typescript'] }).program.body) {
        const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
        if (declared?.type !== 'VariableDeclaration') continue;
        for (const { id, init } of declared.declarations)
          if (id.type === 'Identifier' && init)
            this.#constants.set(id.name, { value: init, comment: commentOf(statement) });
      }
    }
  }

  /** Every field below the schema of this name, the outer ones first. */
  fieldsOf(name: string): Field[] {
    return this.#below(this.#constant(name).value, '');
  }

  #constant(name: string): Constant {
    const found = this.#constants.get(name);
    if (found === undefined) throw new Error(`no schema is called '${name}' in the given sources`);
    return found;
  }

  #below(given: Expression, path: string): Field[] {
    const { call, name } = this.#unwrap(given);
    if (call.type === 'Identifier' || name === 'function') return [];
    const [first] = call.arguments as Expression[];
    if (name === 'strictObject' && first?.type === 'ObjectExpression') return this.#properties(first, path);
    if (name === 'array' && first) return this.#below(first, `${path}[]`);
    if (name === 'record') return this.#below(call.arguments[1] as Expression, `${path}.<name>`);
    if (name === 'union' || name === 'discriminatedUnion') {
      const options = this.#options(call);
      return options.flatMap((option) => {
        const kind = this.#kind(option);
        const at = kind === null ? path : `${path} (${kind})`;
        const branch = this.#below(option, at);
        const comment = commentOf(option);
        return kind !== null && comment !== ''
          ? [{ path: at, type: '', required: false, meaning: comment }, ...branch]
          : branch;
      });
    }
    return [];
  }

  #properties({ properties }: ObjectExpression, path: string): Field[] {
    return properties.flatMap((property) => {
      if (property.type === 'SpreadElement') return this.#spread(property.argument, path);
      if (property.type !== 'ObjectProperty' || property.key.type !== 'Identifier')
        throw new Error(`${path}: a property of this form is not understood`);
      const value = property.value as Expression;
      const at = path === '' ? property.key.name : `${path}.${property.key.name}`;
      if (property.key.name === 'kind' && this.#unwrap(value).name === 'literal') return [];
      const meaning =
        commentOf(property) || (value.type === 'Identifier' ? this.#constants.get(value.name)?.comment : '');
      const { optional } = this.#unwrap(value);
      return [
        { path: at, type: this.#type(value), required: !optional, meaning: meaning ?? '' },
        ...this.#below(value, at),
      ];
    });
  }

  /** `...RESOURCES.shape` */
  #spread(argument: Expression, path: string): Field[] {
    if (argument.type !== 'MemberExpression') throw new Error(`${path}: this spread is not understood`);
    const { object } = argument;
    return this.#below(object.type === 'Identifier' ? this.#valueOf(object.name) : (object as Expression), path);
  }

  /** What a name stands for in the end. */
  #valueOf(name: string): Expression {
    const { value } = this.#constant(name);
    return value.type === 'Identifier' ? this.#valueOf(value.name) : value;
  }

  /** `kind: s3`, for the branches of a union that carry a kind. */
  #kind(option: Expression): string | null {
    const { call, name } = this.#unwrap(option);
    if (call.type === 'Identifier' || name !== 'strictObject') return null;
    const [shape] = call.arguments;
    if (shape?.type !== 'ObjectExpression') return null;
    for (const property of shape.properties) {
      if (property.type !== 'ObjectProperty' || property.key.type !== 'Identifier' || property.key.name !== 'kind')
        continue;
      return `kind: ${this.#type(property.value as Expression).replaceAll("'", '')}`;
    }
    return null;
  }

  #type(given: Expression): string {
    const { call, name, nullable } = this.#unwrap(given);
    const type = call.type === 'Identifier' ? (NAMED[call.name] ?? call.name) : this.#typeOfCall(call, name);
    return nullable ? `${type} or null` : type;
  }

  #typeOfCall(call: CallExpression, name: string): string {
    const [first, second] = call.arguments as Expression[];
    switch (name) {
      case 'string':
      case 'matching':
        return 'text';
      case 'number':
      case 'boolean':
      case 'function':
        return name;
      case 'unknown':
        return 'anything';
      case 'custom':
        return 'see the type';
      case 'literal':
        return `'${literal(first)}'`.replaceAll(/'(true|\d+)'/g, '$1');
      case 'enum':
        return first?.type === 'ArrayExpression'
          ? first.elements.map((item) => `\`${literal(item as Expression)}\``).join(', ')
          : '';
      case 'whole':
        return `whole number${bounds(first, second)}`;
      case 'positive':
        return `number above 0${first === undefined ? '' : `, at most ${literal(first)}`}`;
      case 'array':
        return `list of ${this.#type(first as Expression)}`;
      case 'record':
        return `${this.#type(second as Expression)} by name`;
      case 'strictObject':
        return 'object';
      case 'union':
      case 'discriminatedUnion':
        return this.#unionType(call);
      default:
        throw new Error(`the call of '${name}' is not understood`);
    }
  }

  #unionType(call: CallExpression): string {
    const kinds = this.#options(call).map((option) => this.#kind(option));
    if (!kinds.includes(null)) return kinds.map((kind) => `\`${kind?.replace('kind: ', '')}\``).join(', ');
    return [...new Set(this.#options(call).map((option) => this.#type(option)))].join(' or ');
  }

  #options(call: CallExpression): Expression[] {
    const list = call.arguments.at(-1);
    if (list?.type !== 'ArrayExpression') throw new Error('the options of this union are not understood');
    return list.elements as Expression[];
  }

  /** The call that makes the type, without what only narrows it; names are followed to what they stand for. */
  #unwrap(given: Expression): {
    call: CallExpression | (Node & { type: 'Identifier'; name: string });
    name: string;
    optional: boolean;
    nullable: boolean;
  } {
    if (given.type === 'Identifier') {
      if (given.name in NAMED) return { call: given, name: '', optional: false, nullable: false };
      return this.#unwrap(this.#constant(given.name).value);
    }
    if (given.type !== 'CallExpression') throw new Error(`'${given.type}' is not understood in a schema`);
    const { callee } = given;
    if (callee.type === 'Identifier') return { call: given, name: callee.name, optional: false, nullable: false };
    if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier')
      throw new Error('this call is not understood');
    const name = callee.property.name;
    if (name === 'exactOptional') return { ...this.#unwrap(given.arguments[0] as Expression), optional: true };
    const isZod = callee.object.type === 'Identifier' && callee.object.name === 'z';
    if (isZod) return { call: given, name, optional: false, nullable: false };
    const inner = this.#unwrap(callee.object as Expression);
    return name === 'nullable' ? { ...inner, nullable: true } : inner;
  }
}

/** A doc comment in one line; `@default` stays, as a sentence of its own. */
export function commentOf({ leadingComments }: Node): string {
  const text = leadingComments?.filter(({ value }) => value.startsWith('*')).at(-1)?.value ?? '';
  const lines = text.split('\n').map((line) => line.replace(/^\s*\*+ ?/, '').trim());
  return lines
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .replace(/\s*@default (?:- )?/, ' Default: ')
    .trim();
}

function literal(node: Expression | undefined): string {
  if (node?.type === 'UnaryExpression') return `-${literal(node.argument)}`;
  if (node?.type === 'StringLiteral' || node?.type === 'NumericLiteral' || node?.type === 'BooleanLiteral')
    return String(node.value);
  return '';
}

function bounds(first: Expression | undefined, second: Expression | undefined): string {
  return second === undefined ? ` of at least ${literal(first)}` : ` from ${literal(first)} to ${literal(second)}`;
}
