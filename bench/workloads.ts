import type { ContenderName } from './contenders.ts';
import { searches, unlikeSearches } from './lab/corpus.ts';

/** One thing that is asked of several contenders in turn. */
export interface Workload {
  readonly title: string;
  /** Quotes in the store. */
  readonly quotes: number;
  readonly connections: number;
  /** Replicas beside the store, with disks of their own. @default 0 */
  readonly replicas?: number;
  readonly entries: readonly Entry[];
}

/** One contender's way of doing it. */
export interface Entry {
  readonly label: string;
  readonly contender: ContenderName;
  /** Lua for wrk; the URL's path where a constant GET is enough. */
  readonly request: { readonly path: string } | { readonly script: string };
  /** For what takes seconds an answer: no more connections than it works on at once, and long enough for some answers. */
  readonly slow?: { readonly connections: number; readonly seconds: number };
}

/** Of a page of 50, about. */
const PAGE_BYTES = 12_000;

const IDS = 'string.format("q%07d", math.random(0, 9999))';

export const readOne = (path: string) => ({
  script: `request = function() return wrk.format("GET", "${path}" .. ${IDS}) end`,
});

/** Nobody else's ids: a counter after a prefix that is new in every run. */
const create = (prefix: string) => ({
  script: writeScript(prefix, 'return wrk.format("POST", "/quotes", headers, body())'),
});

const mixed = (prefix: string) => ({
  script: writeScript(
    prefix,
    `if n % 10 == 0 then return wrk.format("POST", "/quotes", headers, body()) end
  return wrk.format("GET", "/quotes/" .. ${IDS})`,
  ),
});

function writeScript(prefix: string, action: string): string {
  return `
local n = 0
local run = os.time() .. math.random(1, 1000000)
local headers = { ["content-type"] = "application/json", ["authorization"] = "bench-admin-key-0123456789" }
local function body()
  return string.format('{"id":"${prefix}%s-%d","text":"Une parole de plus, la numero %d","author":"Anonyme"}', run, n, n)
end
request = function()
  n = n + 1
  ${action}
end`;
}

/** Lua that asks for one search after the other, over and over. @param path up to the keyword */
export function searchScript(path: string, keywords = searches(500)): string {
  const list = keywords.map((keyword) => `"${encodeURIComponent(keyword)}"`);
  return `
local keywords = { ${list.join(', ')} }
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", "${path}" .. keywords[n % #keywords + 1])
end`;
}

const search = (quotes: number): Workload => ({
  title: `search over ${quotes.toLocaleString('en')} quotes`,
  quotes,
  connections: 50,
  entries: [
    {
      label: 'ours, each search new',
      contender: 'search',
      request: { script: searchScript('/search?limit=20&keyword=', unlikeSearches(5_000)) },
    },
    {
      label: 'ours, 500 searches again and again',
      contender: 'search',
      request: { script: searchScript('/search?limit=20&keyword=') },
    },
    {
      label: 'flask, scan',
      contender: 'flask',
      request: { script: searchScript('/search?limit=20&keyword=') },
      slow: { connections: 2, seconds: quotes > 10_000 ? 8 : 2 },
    },
  ],
});

/** Full load on one core, 50 connections. */
export const WORKLOADS: readonly Workload[] = [
  {
    title: 'read one quote',
    quotes: 10_000,
    connections: 50,
    entries: [
      { label: 'ours', contender: 'ours', request: readOne('/quotes/') },
      { label: 'fastify', contender: 'fastify', request: readOne('/quotes/') },
      { label: 'node:http by hand, same features', contender: 'by-hand', request: readOne('/quotes/') },
      { label: 'node:http with the same batching alone', contender: 'bare-redis', request: readOne('/quotes/') },
      { label: 'node:http, constant', contender: 'bare', request: { path: '/health' } },
      { label: 'flask', contender: 'flask', request: readOne('/quotes/') },
    ],
  },
  {
    title: 'cost of metrics and of logs: reads of one quote without them',
    quotes: 10_000,
    connections: 50,
    entries: [
      { label: 'everything on', contender: 'ours', request: readOne('/quotes/') },
      { label: 'without metrics', contender: 'no-metrics', request: readOne('/quotes/') },
      { label: 'without the log of requests', contender: 'no-logs', request: readOne('/quotes/') },
    ],
  },
  {
    title: 'page of 50 of 10,000',
    quotes: 10_000,
    connections: 50,
    entries: [
      { label: 'ours', contender: 'ours', request: { path: '/quotes?limit=50' } },
      { label: 'fastify', contender: 'fastify', request: { path: '/quotes' } },
      { label: 'node:http, constant of that length', contender: 'bare', request: { path: `/?bytes=${PAGE_BYTES}` } },
      { label: 'flask, indexed', contender: 'flask', request: { path: '/indexed?limit=50' } },
      { label: 'flask, as it was', contender: 'flask', request: { path: '/quotes?limit=50' } },
    ],
  },
  {
    title: 'create a quote, on disk before the answer',
    quotes: 10_000,
    connections: 50,
    entries: [
      { label: 'ours', contender: 'ours', request: create('o') },
      { label: 'fastify', contender: 'fastify', request: create('f') },
      { label: 'flask', contender: 'flask', request: create('p') },
    ],
  },
  {
    title: 'create a quote, on the disks of three servers before the answer',
    quotes: 10_000,
    connections: 50,
    replicas: 2,
    entries: [
      { label: 'ours, on three disks', contender: 'three-disks', request: create('t') },
      { label: 'ours, on the disk of the primary', contender: 'ours', request: create('o') },
      { label: 'flask, on the disk of the primary', contender: 'flask', request: create('p') },
    ],
  },
  {
    title: 'read one quote, with three servers',
    quotes: 10_000,
    connections: 50,
    replicas: 2,
    entries: [
      { label: 'ours, writes on three disks', contender: 'three-disks', request: readOne('/quotes/') },
      { label: 'ours, writes on the disk of the primary', contender: 'ours', request: readOne('/quotes/') },
    ],
  },
  {
    title: '90 % reads, 10 % creates',
    quotes: 10_000,
    connections: 50,
    entries: [
      { label: 'ours', contender: 'ours', request: mixed('o') },
      { label: 'fastify', contender: 'fastify', request: mixed('f') },
      { label: 'flask', contender: 'flask', request: mixed('p') },
    ],
  },
  search(10_000),
  search(100_000),
];
