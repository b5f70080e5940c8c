namespace RealtimeGateway.Integrations.Http;

/// <summary>Changes how connections to back ends are made, before the first is: whom they trust, for one.</summary>
internal delegate void BackendSetup(SocketsHttpHandler handler);
