import type { Field } from './field.ts';

/** Factors of the suffixes of a Kubernetes quantity; `m` is a thousandth. */
const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  ...Object.fromEntries(['k', 'M', 'G', 'T', 'P', 'E'].map((suffix, index) => [suffix, 1000 ** (index + 1)])),
  ...Object.fromEntries(['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((suffix, index) => [suffix, 1024 ** (index + 1)])),
};

const QUANTITY = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;

/** A quantity (`100m`, `1.5Gi`, `2`, 0.5) as a number of cores or bytes; undefined when it is none. */
export function parseQuantity(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const match = QUANTITY.exec(value);
  if (!match) return undefined;
  const [, digits, suffix, exponent] = match;
  return Number(digits) * (exponent === undefined ? (FACTORS[suffix ?? ''] ?? 1) : 10 ** Number(exponent));
}

/** Bytes as people read them: `1.5Gi`, `256Mi`. */
export function formatBytes(bytes: number): string {
  const unit = (['Gi', 'Mi', 'Ki'] as const).find((suffix) => bytes >= (FACTORS[suffix] ?? 1));
  return unit ? `${round(bytes / (FACTORS[unit] ?? 1))}${unit}` : String(bytes);
}

/** Cores as people read them: `100m`, `2`, `1.5`. */
export function formatCores(cores: number): string {
  return cores < 1 ? `${round(cores * 1000)}m` : String(round(cores));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };

/** A duration (`25s`, `2m`, `1h30m`, `500ms`, a bare number of seconds) in seconds; undefined when it is none. */
export function parseDuration(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  if (!/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/gy);
  return [...parts].reduce((sum, [, amount, unit]) => sum + Number(amount) * (SECONDS[unit ?? ''] ?? 0), 0);
}

/** An int-or-percent (`2`, `25%`) as a number of `whole`, rounded as Kubernetes does for that field; undefined when it is neither. */
export function shareOf(
  { number, text }: Pick<Field, 'number' | 'text'>,
  whole: number,
  round: 'up' | 'down',
): number | undefined {
  if (number !== undefined) return number;
  const percent = /^(\d+)%$/.exec(text ?? '')?.[1];
  if (percent === undefined) return undefined;
  const exact = (Number(percent) * whole) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
