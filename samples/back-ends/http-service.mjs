// Any HTTP service. The gateway calls it for each event; what it answers goes back to the client where the route is two-way.
//
//   node http-service.mjs [PORT]        PORT 0: any free one

import { createServer } from 'node:http';

const names = new Map();

const server = createServer(async (request, response) => {
  const connectionId = request.headers['x-rg-connection-id'];
  let body = '';
  for await (const piece of request) {
    body += piece;
  }
  switch (request.headers['x-rg-event-type']) {
    case 'CONNECT': {
      const name = new URL(request.url, 'http://localhost').searchParams.get('name');
      if (!name) {
        response.writeHead(401).end('Say who you are: ?name=…');
        return;
      }
      names.set(connectionId, name);
      break;
    }
    case 'DISCONNECT':
      names.delete(connectionId);
      break;
    default:
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ from: names.get(connectionId), said: JSON.parse(body).text }));
      return;
  }
  response.end();
});

server.listen(Number(process.argv[2] ?? 5000), '127.0.0.1', () => {
  console.log(JSON.stringify({ event: 'listening', url: `http://127.0.0.1:${server.address().port}` }));
});
process.stdin.on('end', () => process.exit()).resume();
