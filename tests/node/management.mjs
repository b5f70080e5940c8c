// @connections through the AWS SDK for JavaScript v3, driven by JSON lines.
//
// Options: --endpoint URL (with the stage), --region NAME (us-east-1), --max-attempts N (of the SDK, 3).
// Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; without them the calls are signed with a made-up key.
//
// Commands: { "command": "post", "connectionId", "text" | "base64", "id"? }, { "command": "get" | "delete", "connectionId", "id"? }
// Each is answered, in the order in which the answers come, by
//   result { id, command, status, attempts, value? }            value: what GET says, in the SDK's members, dates as ISO text
//   failure { id, command, name, status?, attempts?, message, headers? }

import {
  ApiGatewayManagementApiClient, DeleteConnectionCommand, GetConnectionCommand, PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { emit, options, runCommands } from './lines.mjs';

const given = options();
const environment = process.env;
const client = new ApiGatewayManagementApiClient({
  endpoint: given.endpoint,
  region: given.region ?? 'us-east-1',
  maxAttempts: Number(given['max-attempts'] ?? 3),
  credentials: {
    accessKeyId: environment.AWS_ACCESS_KEY_ID || 'AKIDEXAMPLE',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY || 'not-a-secret',
    sessionToken: environment.AWS_SESSION_TOKEN || undefined,
  },
});

const pending = new Set();

function run({ command, id }, request) {
  const call = client.send(request).then(
    ({ $metadata, ...value }) => emit('result', {
      id, command, status: $metadata.httpStatusCode, attempts: $metadata.attempts, value: Object.keys(value).length > 0 ? value : undefined,
    }),
    (error) => emit('failure', {
      id, command, name: error.name, status: error.$metadata?.httpStatusCode, attempts: error.$metadata?.attempts, message: error.message,
      headers: error.$response?.headers,
    }));
  pending.add(call);
  call.finally(() => pending.delete(call));
}

await runCommands({
  post: (request) => run(request, new PostToConnectionCommand({
    ConnectionId: request.connectionId,
    Data: request.base64 === undefined ? Buffer.from(request.text ?? '', 'utf8') : Buffer.from(request.base64, 'base64'),
  })),
  get: (request) => run(request, new GetConnectionCommand({ ConnectionId: request.connectionId })),
  delete: (request) => run(request, new DeleteConnectionCommand({ ConnectionId: request.connectionId })),
});
await Promise.all(pending);
client.destroy();
