// A Lambda function that leaves the endpoint to its environment, as AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI=http://127.0.0.1:8080/back-ends/lambda.

const { ApiGatewayManagementApiClient, GetConnectionCommand, PostToConnectionCommand } = require('@aws-sdk/client-apigatewaymanagementapi');

const client = new ApiGatewayManagementApiClient();

exports.handler = async (event) => {
  const ConnectionId = event.requestContext.connectionId;
  if (event.requestContext.eventType === 'MESSAGE') {
    const { Identity } = await client.send(new GetConnectionCommand({ ConnectionId }));
    await client.send(new PostToConnectionCommand({ ConnectionId, Data: `You are ${Identity.SourceIp}` }));
  }
  return { statusCode: 200 };
};
