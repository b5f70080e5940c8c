namespace RealtimeGateway.Apis;

/// <summary>How a client that connects is checked.</summary>
public enum AuthorizationType
{
    /// <summary>NONE: anyone may.</summary>
    None,

    /// <summary>AWS_IAM: the request is signed (SigV4), and the signer's policy allows <c>execute-api:Invoke</c>.</summary>
    AwsIam,

    /// <summary>CUSTOM: a Lambda function decides.</summary>
    Custom,

    /// <summary>JWT: a signed token of a known issuer. Amazon API Gateway has it for HTTP APIs only.</summary>
    Jwt,
}
