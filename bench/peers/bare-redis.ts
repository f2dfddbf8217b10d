import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { ReadBatcher } from '../../app/src/stores/read-batcher.ts';

/**
 * The limit: node:http and ioredis with the very batching of the services. It has no ids, log, metrics, ETag, security headers, checks
 * of the request or problems, and sends half of the bytes.
 */
const reads = new Redis(process.env['REDIS_URL'] ?? '');
const records = new ReadBatcher({ reads, ask: (reply) => reply }, 'fastify:quotes');

const server = createServer(async (request, response) => {
  const id = (request.url ?? '').slice('/quotes/'.length);
  const stored = id === '' ? null : await records.get(id);
  const body = stored ?? '{}';
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  response.writeHead(stored === null && id !== '' ? 404 : 200, headers);
  response.end(body);
});

server.listen(Number(process.env['HTTP_PORT']), '127.0.0.1');
