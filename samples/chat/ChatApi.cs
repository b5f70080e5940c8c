using System.Text.Json;

namespace RealtimeGateway.Samples.Chat;

/// <summary>
/// The chat itself: one method per route. Nothing is kept between two calls; whatever must be remembered is in the
/// <see cref="RoomStore"/>. A frame that a method answers goes to the caller, because the routes are two-way.
/// </summary>
internal sealed class ChatApi(RoomStore store, Broadcast broadcast)
{
    // The gateway takes at most 128 KB in one message to a client. The rest is room for members, rooms and JSON around them.
    private const int MaxHistoryBytes = 96 * 1024;

    public async Task<ServerFrame?> HandleAsync(GatewayCall call, CancellationToken cancellationToken)
    {
        switch (call.RouteKey)
        {
            case "$connect":
                store.AddConnection(call.ConnectionId);
                return null;
            case "$disconnect":
                await ForgetAsync([call.ConnectionId], cancellationToken);
                return null;
        }

        if (ReadMessage(call.Body.Span) is not { } message)
        {
            return new ErrorFrame("badRequest", "A message must be a JSON object.");
        }

        if (store.Touch(call.ConnectionId) is not { } caller)
        {
            return new ErrorFrame("reconnect", "This connection is not known here. Connect again.", message.Id);
        }

        if (call.RouteKey == "join")
        {
            return await JoinAsync(caller, message, cancellationToken);
        }

        if (caller is not { Room: { } room, Member: { } member })
        {
            return new ErrorFrame("notJoined", "Join a room first.", message.Id);
        }

        return call.RouteKey switch
        {
            "sendMessage" => await SendMessageAsync(caller.ConnectionId, room, member, message, cancellationToken),
            "rename" => await RenameAsync(room, member, message, cancellationToken),
            "typing" => await TypingAsync(caller.ConnectionId, room, member, cancellationToken),
            "who" => new WhoFrame(room, store.WhoIsIn(room), store.Rooms()),
            _ => new ErrorFrame("unknownAction", "Known actions: join, sendMessage, rename, who, typing."),
        };
    }

    private async Task<ServerFrame> JoinAsync(ChatConnection caller, ClientMessage message, CancellationToken cancellationToken)
    {
        if (ChatText.Room(message.Room) is not { } room)
        {
            return new ErrorFrame("badRoom", $"A room's name has up to {ChatText.MaxRoomLength} letters, digits, - and _.");
        }

        if (ChatText.Name(message.Name) is not { } name)
        {
            return new ErrorFrame("badName", $"A name has up to {ChatText.MaxNameLength} characters.");
        }

        if (ChatText.MemberId(message.Key) is not { } memberId)
        {
            return new ErrorFrame("badKey", "A key of 16 to 128 characters is needed.");
        }

        var member = new Member(memberId, name);
        var outcome = store.TryJoin(caller.ConnectionId, room, member, out var roomLeft);
        switch (outcome)
        {
            case JoinOutcome.UnknownConnection:
                return new ErrorFrame("reconnect", "This connection is not known here. Connect again.");
            case JoinOutcome.TooManyRooms:
                return new ErrorFrame("tooManyRooms", "There are as many rooms as there can be.");
        }

        if (roomLeft is not null && caller.Member is { } was)
        {
            await TellPresenceAsync(roomLeft, [new PresenceNote("left", was.Name)], except: null, cancellationToken);
        }

        await TellPresenceAsync(
            room, outcome == JoinOutcome.Joined ? [new PresenceNote("joined", name)] : [], except: caller.ConnectionId, cancellationToken);
        return new JoinedFrame(room, member, store.WhoIsIn(room), RecentMessages(room), store.Rooms());
    }

    private async Task<ServerFrame> SendMessageAsync(
        string connectionId, string room, Member from, ClientMessage message, CancellationToken cancellationToken)
    {
        if (ChatText.Message(message.Text) is not { } text || ChatText.MessageId(message.Id) is not { } id)
        {
            return new ErrorFrame("badMessage", $"A message has an id and 1 to {ChatText.MaxMessageLength} characters of text.", message.Id);
        }

        // The client says which room it wrote for: it may have changed rooms while the message was on its way.
        if (message.Room is not null && message.Room != room)
        {
            return new ErrorFrame("wrongRoom", $"You are in {room}.", id);
        }

        var frame = new MessageFrame(room, store.Append(room, from, id, text, out var isNew));
        if (isNew)
        {
            await TellAsync(room, frame, except: connectionId, cancellationToken);
        }

        return frame;
    }

    private async Task<ServerFrame> RenameAsync(string room, Member member, ClientMessage message, CancellationToken cancellationToken)
    {
        if (ChatText.Name(message.Name) is not { } name)
        {
            return new ErrorFrame("badName", $"A name has up to {ChatText.MaxNameLength} characters.");
        }

        if (name != member.Name)
        {
            store.Rename(member.Id, name);
            await TellPresenceAsync(room, [new PresenceNote("renamed", name, member.Name)], except: null, cancellationToken);
        }

        return new RenamedFrame(member with { Name = name });
    }

    private async Task<ServerFrame?> TypingAsync(string connectionId, string room, Member member, CancellationToken cancellationToken)
    {
        await TellAsync(room, new TypingFrame(room, member), except: connectionId, cancellationToken);
        return null;
    }

    private Task TellPresenceAsync(string room, IReadOnlyList<PresenceNote> notes, string? except, CancellationToken cancellationToken) =>
        TellAsync(room, new PresenceFrame(room, store.WhoIsIn(room), notes), except, cancellationToken);

    private async Task TellAsync(string room, ServerFrame frame, string? except, CancellationToken cancellationToken)
    {
        var gone = await broadcast.SendAsync(store.ConnectionsIn(room).Where(id => id != except), frame, cancellationToken);
        await ForgetAsync(gone, cancellationToken);
    }

    // A connection can be gone without a $disconnect, which is best effort on AWS: the 410 of a push says it as well. Telling the
    // others may find more of them; that ends because each round leaves fewer.
    private async Task ForgetAsync(IReadOnlyCollection<string> connectionIds, CancellationToken cancellationToken)
    {
        var left = connectionIds.Select(store.Remove).OfType<(string Room, Member Member)>().ToLookup(l => l.Room, l => l.Member.Name);
        foreach (var room in left)
        {
            await TellPresenceAsync(room.Key, [.. room.Select(name => new PresenceNote("left", name))], except: null, cancellationToken);
        }
    }

    private List<ChatMessage> RecentMessages(string room)
    {
        var budget = MaxHistoryBytes;
        return [.. store.History(room)
            .Reverse()
            .TakeWhile(m => (budget -= JsonSerializer.SerializeToUtf8Bytes(m, ChatJson.Wire.ChatMessage).Length) >= 0)
            .Reverse()];
    }

    private static ClientMessage? ReadMessage(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ChatJson.Default.ClientMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
