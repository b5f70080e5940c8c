using RealtimeGateway.Apis;
using RealtimeGateway.Tests.ControlPlane;

namespace RealtimeGateway.Tests.Store;

/// <summary>What tests stand on does what the real ones do.</summary>
public sealed class MemoryApiStoreTests : ApiStoreSpecification
{
    private protected override IApiStore Open() => new MemoryApiStore();
}
