// Any operation of apigatewayv2 through the AWS SDK for JavaScript v3, driven by JSON lines.
//
// Options: --endpoint URL, --region NAME (us-east-1). Calls are signed with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, else a made-up key.
//
// Commands: { "command": "call", "operation": "CreateApi", "input": {..} }, answered by
//   result { operation, status, value }     value in the SDK's members, dates as ISO text
//   failure { operation, name, status, message }

import * as sdk from '@aws-sdk/client-apigatewayv2';
import { emit, options, runCommands } from './lines.mjs';

const given = options();
const client = new sdk.ApiGatewayV2Client({
  endpoint: given.endpoint,
  region: given.region ?? 'us-east-1',
  maxAttempts: 1,
  credentials: {
    accessKeyId: process.env.AWS_ACCESS_KEY_ID || 'AKIDEXAMPLE',
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY || 'not-a-secret',
  },
});

await runCommands({
  call: async ({ operation, input }) => {
    try {
      const { $metadata, ...value } = await client.send(new sdk[`${operation}Command`](input ?? {}));
      emit('result', { operation, status: $metadata.httpStatusCode, value });
    } catch (error) {
      emit('failure', { operation, name: error.name, status: error.$metadata?.httpStatusCode, message: error.message });
    }
  },
});
client.destroy();
