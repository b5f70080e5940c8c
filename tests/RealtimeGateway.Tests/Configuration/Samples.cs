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
