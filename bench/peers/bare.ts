import { createServer } from 'node:http';

/** The floor of cost: node:http with a constant answer, as long as the query `bytes` asks for. */
const SHORT = '{"status":"ok"}';
const bodies = new Map<string, string>();

function bodyOf(url: string): string {
  const known = bodies.get(url);
  if (known !== undefined) return known;
  const bytes = Number(new URLSearchParams(url.split('?')[1]).get('bytes') ?? SHORT.length);
  const body = SHORT.padEnd(bytes, ' ');
  bodies.set(url, body);
  return body;
}

const server = createServer((request, response) => {
  const body = bodyOf(request.url ?? '');
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
});

server.listen(Number(process.env['HTTP_PORT']), '127.0.0.1');
