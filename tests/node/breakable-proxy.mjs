// A TCP forwarder on loopback that can be cut and mended: what a lost network looks like to a browser.

import net from 'node:net';
import { once } from 'node:events';

export async function breakableProxy(host, port) {
  const sockets = new Set();
  let isCut = false;
  const server = net.createServer((inner) => {
    if (isCut) {
      inner.destroy();
      return;
    }
    const outer = net.connect(port, host);
    for (const [one, other] of [[inner, outer], [outer, inner]]) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    cut() {
      isCut = true;
      for (const socket of sockets) {
        socket.resetAndDestroy();
      }
    },
    mend() {
      isCut = false;
    },
    close() {
      this.cut();
      server.close();
    },
  };
}
