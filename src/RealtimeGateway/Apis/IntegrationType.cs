namespace RealtimeGateway.Apis;

/// <summary>What kind of back end an <see cref="Integration"/> calls.</summary>
public enum IntegrationType
{
    /// <summary>HTTP_PROXY: any HTTP service; the message is the body, and the service's body is the answer.</summary>
    HttpProxy,

    /// <summary>HTTP: any HTTP service; request and answer are shaped by templates.</summary>
    Http,

    /// <summary>AWS_PROXY: a Lambda function, by the Invoke API; it gets the event and its <c>body</c> is the answer.</summary>
    AwsProxy,

    /// <summary>AWS: a Lambda function or any other AWS service; request and answer are shaped by templates.</summary>
    Aws,

    /// <summary>MOCK: nothing; the gateway answers by itself from templates.</summary>
    Mock,
}
