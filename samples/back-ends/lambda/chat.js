// A Lambda function as people write them for Amazon API Gateway: nothing here knows that the gateway is another one.
// Deploy it as it is, or let any host of the Lambda Invoke API run it.

const { ApiGatewayManagementApiClient, PostToConnectionCommand, GoneException } = require('@aws-sdk/client-apigatewaymanagementapi');

const connections = new Set(); // A real one keeps them in a table.

exports.handler = async (event) => {
  const { routeKey, connectionId, domainName, stage } = event.requestContext;
  switch (routeKey) {
    case '$connect':
      connections.add(connectionId);
      return { statusCode: 200 };
    case '$disconnect':
      connections.delete(connectionId);
      return { statusCode: 200 };
    case 'sendMessage':
      await sendToAll(`https://${domainName}/${stage}`, JSON.parse(event.body).message);
      return { statusCode: 200 };
    default:
      return { statusCode: 200, body: `Unknown action, ${connectionId}` };
  }
};

async function sendToAll(endpoint, message) {
  const client = new ApiGatewayManagementApiClient({ endpoint });
  await Promise.all([...connections].map(async (ConnectionId) => {
    try {
      await client.send(new PostToConnectionCommand({ ConnectionId, Data: message }));
    } catch (error) {
      if (!(error instanceof GoneException)) {
        throw error;
      }
      connections.delete(ConnectionId);
    }
  }));
}
