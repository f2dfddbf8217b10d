import type { ServiceName } from '../../../../contract.ts';
import type { RawAnswer, RawRequest } from '../calls/service-client.ts';
import type { OpenApi, Operation } from './openapi.ts';

export type Typed = Readonly<Record<string, string>>;

/** What somebody tried on the page of the API, and what came of it. */
export interface Attempt {
  readonly service: ServiceName;
  readonly operation: string;
  readonly typed: Typed;
  /** @default - there is none, as `problem` says */
  readonly answer?: RawAnswer;
  readonly problem?: string;
}

export interface OperationDetailsProps {
  readonly service: ServiceName;
  readonly document: OpenApi;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  /** Base URL of the examples where the document names none. */
  readonly origin: string;
  /** What was just tried here. @default - nothing */
  readonly attempt?: Attempt | undefined;
}

export function operationKey(method: string, path: string): string {
  return `${method} ${path}`;
}

export function fieldOf({ in: place, name }: Operation['parameters'][number]): string {
  return `${place}.${name}`;
}

/** What a header can hold: anything else would look like a broken connection. */
const HEADER_VALUE = /^[\x20-\x7e]*$/;
/** What an address cannot hold: it would lead to another endpoint. */
const STEP = /^\.\.?$/;

export interface RequestOfOptions {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  readonly typed: Typed;
  /** Empty where there is none. */
  readonly key: string;
}

/** The request that a form describes, as it was typed and not as it should be; undefined where a header or an address cannot hold it. */
export function requestOf({ method, path, operation, typed, key }: RequestOfOptions): RawRequest | undefined {
  const given = operation.parameters.map((parameter) => [parameter, typed[fieldOf(parameter)] ?? ''] as const);
  const of = (place: string) => given.filter(([{ in: where }, value]) => where === place && value !== '');
  const query = new URLSearchParams(of('query').map(([{ name }, value]) => [name, value]));
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(typed[`path.${name}`] ?? ''));
  const [type] = Object.keys(operation.requestBody?.content ?? {});
  const headers = Object.fromEntries([
    ['accept', 'application/json'],
    ...of('header').map(([{ name }, value]) => [name.toLowerCase(), value] as const),
    ...(key === '' ? [] : [['authorization', `Bearer ${key}`] as const]),
    ...(type === undefined ? [] : [['content-type', type] as const]),
  ]);
  if (!Object.values(headers).every((value) => HEADER_VALUE.test(value))) return undefined;
  if (of('path').some(([, value]) => STEP.test(value))) return undefined;
  return {
    method: method.toUpperCase(),
    path: query.size === 0 ? filled : `${filled}?${query}`,
    headers,
    body: type === undefined ? null : (typed['body'] ?? ''),
  };
}
