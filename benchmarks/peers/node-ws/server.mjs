// The floor's messages and pushes on Node and ws.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const connections = new Map();

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    if (request.url === "/broadcast") {
      for (const socket of connections.values()) socket.send(body, { binary: false });
      response.writeHead(200, { "content-length": 0 }).end();
      return;
    }
    const socket = connections.get(decodeURIComponent(request.url.slice("/@connections/".length)));
    socket?.send(body, { binary: false });
    response.writeHead(socket ? 200 : 410, { "content-length": 0 }).end();
  });
});

const sockets = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: 128 * 1024 });
sockets.on("connection", (socket) => {
  const id = randomBytes(13).toString("base64url") + "==";
  connections.set(id, socket);
  socket.on("close", () => connections.delete(id));
  socket.on("error", () => {});
  socket.on("message", (data) => {
    let action;
    try {
      action = JSON.parse(data.toString()).action;
    } catch {
      // Not JSON: no route.
    }
    if (action === "echo") socket.send(data, { binary: false });
    else if (action === "hello") socket.send(JSON.stringify({ connectionId: id }));
    else socket.send('{"message":"Forbidden"}');
  });
});

server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => console.log(`${process.pid} http://127.0.0.1:${server.address().port}`));
process.on("SIGTERM", () => process.exit(0));
