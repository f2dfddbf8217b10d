import { createServer } from 'node:http';
import { Redis } from 'ioredis';

/** The limit: node:http and ioredis with auto-pipelining, nothing else. */
const redis = new Redis(process.env['REDIS_URL'] ?? '', { enableAutoPipelining: true });

const server = createServer(async (request, response) => {
  const id = (request.url ?? '').slice('/quotes/'.length);
  const stored = id === '' ? '{}' : await redis.hget('fastify:quotes', id);
  const body = stored ?? '{}';
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  response.writeHead(stored === null ? 404 : 200, headers);
  response.end(body);
});

server.listen(Number(process.env['HTTP_PORT']), '127.0.0.1');
