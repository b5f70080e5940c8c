namespace RealtimeGateway.Apis;

/// <summary>How a body is converted on its way.</summary>
public enum ContentHandling
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>CONVERT_TO_BINARY: base64 text becomes the bytes it stands for.</summary>
    ConvertToBinary,

    /// <summary>CONVERT_TO_TEXT: bytes become base64 text.</summary>
    ConvertToText,
}
