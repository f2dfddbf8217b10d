import { createServer } from 'node:http';

/** The floor of cost: node:http with a constant answer. */
const body = '{"status":"ok"}';

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
});

server.listen(Number(process.env['HTTP_PORT']), '127.0.0.1');
