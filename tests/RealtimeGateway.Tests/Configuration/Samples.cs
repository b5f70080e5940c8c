namespace RealtimeGateway.Tests.Configuration;

internal static class Samples
{
    /// <summary>Uses every member of the file.</summary>
    public const string Everything = """
        # Everything that can be said
        defaultApi: chat
        apis:
          chat:
            name: Chat
            routeSelectionExpression: $request.body.type
            allowedOrigins: [https://chat.example , https://www.chat.example]
            lenientJson: false
            integrations:
              backend: { type: HTTP_PROXY, uri: "http://127.0.0.1:5000/{...}", method: PUT, timeout: 12.5s, maxResponse: 2MiB, secret: "${env:SECRET}" }
              fn: { type: AWS_PROXY, uri: "arn:aws:lambda:us-east-1:123456789012:function:${stageVariables.fn}" }
              pong: { type: MOCK, requestTemplates: { $default: '{"statusCode":200}' }, responses: { $default: { templates: { $default: pong } } } }
            routes: { $connect:
                        backend,
              sendMessage: { target: backend, routeResponse: true, concurrency: serial },
              bulk: {
                concurrency: { parallel: 32 },
                target:
                        fn },
              $disconnect: }
            stages:
              prod:
              dev:
                variables: { fn: chat-dev, port: 8080 }
                allowBinary: true
                limits:
                  maxFrame: 64KiB
                  maxMessage: 1MiB
                  maxFragments: 10
                  idleTimeout: 1h30m
                  maxLifetime: off
                  pingsKeepAlive: true
                  pingInterval: 250ms
                  pingTimeout: 5s
                  maxPingsPerSecond: off
                  maxQueuedMessages: 7
                  maxQueued: 12345
                  writeTimeout: 1s
                  slowConsumerTimeout: 2m
        """;

    /// <summary>Uses the members that have to do with access, models, mapping and throttling.</summary>
    public const string Access = """
        accountSettings: { rateLimit: 10000, burstLimit: 5000 }
        apiKeys:
          alice: ${env:SECRET}-and-more-than-20-characters
          bob: { value: another-key-of-20-characters, enabled: false }
        usagePlans:
          free: { stages: a/prod, keys: [alice, bob], rateLimit: 0.5, burstLimit: 10, quotaLimit: 1000, quotaPeriod: DAY }
        apis:
          a:
            apiKeySelectionExpression: $context.authorizer.usageIdentifierKey
            disableSchemaValidation: true
            authorizers:
              fn: { type: REQUEST, uri: "arn:aws:lambda:us-east-1:123456789012:function:f", identitySources: route.request.querystring.t, timeout: 5s, credentialsArn: r }
              login: { type: JWT, issuer: "https://login.example", audience: [chat], jwksUri: "https://login.example/keys", scopes: [say], clockSkew: 30s }
            models:
              Message: '{"type":"object"}'
            integrations:
              b:
                type: HTTP
                uri: http://127.0.0.1:5000/{id}
                requestParameters: { integration.request.path.id: context.connectionId }
                requestTemplates: { x: '{}' }
                templateSelectionExpression: $request.body.kind
                passthroughBehavior: NEVER
                contentHandling: CONVERT_TO_TEXT
                credentialsArn: role
                responses:
                  /4\d\d/:
                    templates: no
                    templateSelectionExpression: $default
                    parameters: { route.response.header.Sec-WebSocket-Protocol: "'chat'" }
                    contentHandling: CONVERT_TO_BINARY
            routes:
              $connect: { authorization: CUSTOM, authorizer: fn, apiKeyRequired: true, requestParameters: { route.request.querystring.room: true } }
              say: { target: b, requestModels: Message, modelSelectionExpression: $request.body.kind }
            stages:
              prod:
                defaultRouteSettings: { rateLimit: 100, detailedMetrics: true }
                routeSettings: { say: { burstLimit: 5 } }
                accessLog: { destination: stdout, format: $context.requestId }
        """;

    public static string? Environment(string name) => name switch
    {
        "SECRET" => "hunter2",
        "HOST" => "example.com",
        "NUMBER" => "30",
        "EMPTY" => "",
        "TRICKY" => "x\n  uri: y # \"z\"",
        _ => null,
    };
}
