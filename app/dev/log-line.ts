import { styleText } from 'node:util';
import * as z from 'zod';

const entrySchema = z.object({
  level: z.string(),
  service: z.string().optional(),
  msg: z.string().default(''),
  method: z.string().optional(),
  path: z.string().optional(),
  status: z.number().optional(),
  ms: z.number().optional(),
  who: z.string().optional(),
  what: z.string().optional(),
  err: z.object({ message: z.string() }).optional(),
});

const NAME_WIDTH = 7;

/** A colour a service, so that an eye can follow one; none where nobody sees it. */
const COLOURS = ['cyan', 'green', 'magenta', 'blue', 'yellow'] as const;
const colours = new Map<string, (typeof COLOURS)[number]>();

function label(name: string): string {
  const padded = name.padEnd(NAME_WIDTH);
  if (!process.stdout.isTTY || process.env['NO_COLOR']) return padded;
  const colour = colours.get(name) ?? COLOURS[colours.size % COLOURS.length] ?? 'cyan';
  colours.set(name, colour);
  return styleText(colour, padded);
}

/** A structured line as a person reads it: `quotes  GET /quotes 200 3 ms`. What is not JSON passes as it is. */
export function readableLine(name: string, line: string): string {
  const entry = entrySchema.safeParse(parse(line)).data;
  if (entry === undefined) return `${label(name)} ${line}`;
  const { service = name, level, msg, method, path, status, ms, who, what, err } = entry;
  const done = who === undefined ? `${Math.round(ms ?? 0)} ms` : `by ${who}`;
  const request = method && `${method} ${path ?? what} ${status} ${done}`;
  const parts = [level === 'info' ? undefined : `${level}:`, request ?? msg, err?.message];
  return `${label(service)} ${parts.filter(Boolean).join(' ')}`;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
