// A WebSocket client (the ws package) driven by JSON lines.
//
// Commands; `client` names the connection and may be left out when there is one:
//   { "command": "connect", "url", "client"?, "protocols"?: [..], "headers"?: {..}, "options"?: {..of ws..} }
//   { "command": "send", "text" | "base64", "fragments"?: n }      fragments: sent as that many frames (1: one frame)
//   { "command": "sendFrame", "text" | "base64", "binary"?: bool, "fin"?: bool }   one frame; fin false: more follow
//   { "command": "ping" | "pong", "text"? | "base64"? }
//   { "command": "close", "code"?, "reason"? }
//   { "command": "terminate" }                                     drops the TCP connection
//   { "command": "pause" | "resume" }                              stops and resumes reading
//   { "command": "sync", "id" }                                    answered by the event "sync" when all before was handed to the socket
//
// Events, each with `client`:
//   open { protocol, extensions, headers }      message { text } or { base64 }      ping, pong { base64, text }
//   close { code, reason }      unexpected-response { status, headers, body }      error { phase, name, message, code }
// A connection ends with exactly one of close and unexpected-response. The process ends when stdin does.

import WebSocket from 'ws';
import { emit, runCommands } from './lines.mjs';

const MAX_BODY = 1024 * 1024;
const clients = new Map();

const bytes = ({ text, base64 }) => (base64 === undefined ? Buffer.from(text ?? '', 'utf8') : Buffer.from(base64, 'base64'));

function find({ client = 'default' }) {
  const socket = clients.get(client);
  if (!socket) {
    throw new Error(`no such client: ${client}`);
  }
  return socket;
}

function connect({ client = 'default', url, protocols = [], headers = {}, options = {} }) {
  if (clients.has(client)) {
    throw new Error(`there is a client ${client} already`);
  }
  const socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...options, headers });
  clients.set(client, socket);
  const tell = (event, fields) => emit(event, { client, ...fields });

  let upgradeHeaders = {};
  let refused = false;
  socket.on('upgrade', (response) => { upgradeHeaders = response.headers; });
  socket.on('open', () => tell('open', { protocol: socket.protocol, extensions: socket.extensions, headers: upgradeHeaders }));
  socket.on('message', (data, isBinary) => tell('message', isBinary ? { base64: data.toString('base64') } : { text: data.toString('utf8') }));
  socket.on('ping', (data) => tell('ping', { text: data.toString('utf8'), base64: data.toString('base64') }));
  socket.on('pong', (data) => tell('pong', { text: data.toString('utf8'), base64: data.toString('base64') }));
  socket.on('error', (error) => tell('error', { phase: 'socket', name: error.name, message: error.message, code: error.code }));
  socket.on('close', (code, reason) => {
    clients.delete(client);
    if (!refused) {
      tell('close', { code, reason: reason.toString('utf8') });
    }
  });
  socket.on('unexpected-response', (request, response) => {
    refused = true;
    const parts = [];
    let size = 0;
    response.on('data', (part) => {
      size += part.length;
      if (size <= MAX_BODY) {
        parts.push(part);
      }
    });
    // "close" comes after a whole body and after one that was cut short.
    response.on('error', (error) => tell('error', { phase: 'response', name: error.name, message: error.message, code: error.code }));
    response.on('close', () => {
      tell('unexpected-response', { status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString('utf8') });
      request.destroy();
      clients.delete(client);
    });
  });
}

function sent(socket, client) {
  return (error) => error && emit('error', { client: client ?? 'default', phase: 'send', name: error.name, message: error.message, code: error.code });
}

function send(request) {
  const socket = find(request);
  const payload = bytes(request);
  const binary = request.base64 !== undefined;
  const count = request.fragments ?? 1;
  const size = Math.ceil(payload.length / count);
  for (let i = 0; i < count; i++) {
    socket.send(payload.subarray(i * size, (i + 1) * size), { binary, fin: i === count - 1 }, sent(socket, request.client));
  }
}

await runCommands({
  connect,
  send,
  sendFrame: (request) => {
    const socket = find(request);
    socket.send(bytes(request), { binary: request.binary ?? request.base64 !== undefined, fin: request.fin ?? true }, sent(socket, request.client));
  },
  ping: (request) => find(request).ping(bytes(request)),
  pong: (request) => find(request).pong(bytes(request)),
  close: (request) => find(request).close(request.code, request.reason),
  terminate: (request) => find(request).terminate(),
  pause: (request) => find(request).pause(),
  resume: (request) => find(request).resume(),
  sync: ({ id }) => emit('sync', { id }),
});
for (const socket of clients.values()) {
  socket.terminate();
}
