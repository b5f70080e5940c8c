using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>What tags may be (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging.html).</summary>
internal static class Tags
{
    /// <summary>Most tags of one resource.</summary>
    public const int Max = 50;

    /// <summary>The shape of the member <c>tags</c>.</summary>
    public static Shape Shape { get; } = Shape.Map(Shape.Text(0, 256), Max);
}
