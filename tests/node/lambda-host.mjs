// Runs a Lambda handler (CommonJS, export `handler`), driven by JSON lines, with the AWS SDK where Lambda has it: on NODE_PATH.
//
// Options: --handler FILE [--endpoint URL]    the latter becomes AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI
// Command: { "command": "invoke", "id", "event" }, answered by
//   result { id, payload }      error { id, payload }    the payload as Lambda's Invoke API has it

import { createRequire } from 'node:module';
import Module from 'node:module';
import path from 'node:path';
import { emit, options, runCommands } from './lines.mjs';

const given = options();
process.env.NODE_PATH = path.resolve('node_modules');
Module._initPaths(); // NODE_PATH is read when Node starts; this reads it again.
process.env.AWS_REGION ??= 'us-east-1';
if (given.endpoint) {
  process.env.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI = given.endpoint;
}
if (given['trust-any']) {
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // The tests' certificate is made on the spot.
  process.removeAllListeners('warning');
}
const { handler } = createRequire(import.meta.url)(path.resolve(given.handler));

const running = new Set();

function invoke({ id, event }) {
  const call = Promise.resolve().then(() => handler(event, {})).then(
    (answer) => emit('result', { id, payload: JSON.stringify(answer ?? null) }),
    (error) => emit('error', { id, payload: JSON.stringify({ errorType: error.name, errorMessage: error.message }) }));
  running.add(call);
  call.finally(() => running.delete(call));
}

await runCommands({ invoke });
await Promise.all(running);
