namespace RealtimeGateway.Load.Scenarios;

/// <summary>What a scenario hears of its HTTP connections. All calls come on the loop's thread.</summary>
internal interface IPoster
{
    /// <summary>It is connected and may be used.</summary>
    void PosterReady(CallbackPeer poster);

    /// <summary>A POST was answered; the connection is free again, or closed by the server's wish.</summary>
    void PostAnswered(CallbackPeer poster, int status);

    /// <summary>The connection ended.</summary>
    void PosterLost(CallbackPeer poster, string reason);
}
