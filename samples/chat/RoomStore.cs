namespace RealtimeGateway.Samples.Chat;

/// <summary>
/// Everything the chat remembers, and the only place that remembers anything: the stand-in for a table such as DynamoDB.
/// <para>
/// Each public method is one conditional write or one query, so that a real table can take its place and the back end can run in as
/// many copies as you like. Items expire by themselves: a connection <see cref="ConnectionLifetime"/> after it was last heard of,
/// an empty room that nobody configured <see cref="RoomLifetime"/> after its last use.
/// </para>
/// </summary>
internal sealed class RoomStore(TimeProvider time)
{
    /// <summary>Messages kept per room.</summary>
    public const int MessagesPerRoom = 50;

    /// <summary>Rooms that may exist at once; joining one more is refused.</summary>
    public const int MaxRooms = 100;

    // The gateway closes a connection that was silent for 10 minutes: one minute later its record can only be a leftover.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(11);
    private static readonly TimeSpan RoomLifetime = TimeSpan.FromHours(24);
    private static readonly string[] FixedRooms = ["lobby", "random", "help"];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ChatConnection> _connections = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Room> _rooms = FixedRooms.ToDictionary(name => name, name => new Room(name), StringComparer.Ordinal);

    /// <summary>Called for <c>$connect</c>. The client is in no room until it joins one.</summary>
    public void AddConnection(string connectionId)
    {
        lock (_gate)
        {
            RemoveExpired();
            _connections[connectionId] = new ChatConnection(connectionId, null, null, Expiry());
        }
    }

    /// <summary>Moves a connection into a room.</summary>
    public JoinOutcome TryJoin(string connectionId, string roomName, Member member, out string? roomLeft)
    {
        lock (_gate)
        {
            RemoveExpired();
            roomLeft = null;
            // A late "join" must not bring back a connection whose $disconnect was handled already.
            if (!_connections.TryGetValue(connectionId, out var connection))
            {
                return JoinOutcome.UnknownConnection;
            }

            if (!_rooms.TryGetValue(roomName, out var room))
            {
                if (_rooms.Count >= MaxRooms)
                {
                    return JoinOutcome.TooManyRooms;
                }

                _rooms[roomName] = room = new Room(roomName);
            }

            var alreadyThere = IsPresent(roomName, member.Id);
            _connections[connectionId] = connection with { Room = roomName, Member = member, ExpiresAt = Expiry() };
            room.LastUsed = time.GetUtcNow();
            room.PresenceVersion = Next(room.PresenceVersion);
            if (connection is { Room: { } left, Member: { } was } && left != roomName)
            {
                roomLeft = IsPresent(left, was.Id) ? null : left;
                _rooms[left].PresenceVersion = Next(_rooms[left].PresenceVersion);
            }

            return alreadyThere ? JoinOutcome.AlreadyThere : JoinOutcome.Joined;
        }
    }

    /// <summary>The connection, its expiry put off; null when it is not known (any more).</summary>
    public ChatConnection? Touch(string connectionId)
    {
        lock (_gate)
        {
            RemoveExpired();
            return _connections.TryGetValue(connectionId, out var connection)
                ? _connections[connectionId] = connection with { ExpiresAt = Expiry() }
                : null;
        }
    }

    /// <summary>Gives a member a new name on every connection that member has.</summary>
    public void Rename(string memberId, string name)
    {
        lock (_gate)
        {
            foreach (var connection in _connections.Values.Where(c => c.Member?.Id == memberId).ToArray())
            {
                _connections[connection.ConnectionId] = connection with { Member = new Member(memberId, name) };
                if (connection.Room is { } room)
                {
                    _rooms[room].PresenceVersion = Next(_rooms[room].PresenceVersion);
                }
            }
        }
    }

    /// <summary>Forgets a connection. The answer is the room and member that are gone by that, if any.</summary>
    public (string Room, Member Member)? Remove(string connectionId)
    {
        lock (_gate)
        {
            if (!_connections.Remove(connectionId, out var connection) || connection is not { Room: { } room, Member: { } member })
            {
                return null;
            }

            _rooms[room].LastUsed = time.GetUtcNow();
            _rooms[room].PresenceVersion = Next(_rooms[room].PresenceVersion);
            return IsPresent(room, member.Id) ? null : (room, member);
        }
    }

    /// <summary>Adds a message, once: a repeat with the same member and message id answers what was stored the first time.</summary>
    public ChatMessage Append(string roomName, Member from, string messageId, string text, out bool isNew)
    {
        lock (_gate)
        {
            var room = _rooms[roomName];
            var known = room.Messages.FirstOrDefault(m => m.Id == messageId && m.From.Id == from.Id);
            isNew = known is null;
            if (known is not null)
            {
                return known;
            }

            var now = time.GetUtcNow();
            room.LastSequence = Next(room.LastSequence);
            room.LastUsed = now;
            var message = new ChatMessage(room.LastSequence, messageId, from, text, now.ToUnixTimeMilliseconds());
            room.Messages.Enqueue(message);
            if (room.Messages.Count > MessagesPerRoom)
            {
                room.Messages.Dequeue();
            }

            return message;
        }
    }

    /// <summary>The room's last messages, oldest first.</summary>
    public IReadOnlyList<ChatMessage> History(string roomName)
    {
        lock (_gate)
        {
            return [.. _rooms[roomName].Messages];
        }
    }

    /// <summary>Who is in a room, each member once however many connections it has, sorted by name.</summary>
    public Presence WhoIsIn(string roomName)
    {
        lock (_gate)
        {
            RemoveExpired();
            var room = _rooms[roomName];
            Member[] members = [.. MembersOf(roomName).OrderBy(m => m.Name, StringComparer.OrdinalIgnoreCase).ThenBy(m => m.Id, StringComparer.Ordinal)];
            return new Presence(room.PresenceVersion, members.Length, members.Length > Presence.MaxListed ? members[..Presence.MaxListed] : members);
        }
    }

    /// <summary>The connections that a message to a room goes to.</summary>
    public IReadOnlyList<string> ConnectionsIn(string roomName)
    {
        lock (_gate)
        {
            RemoveExpired();
            return [.. _connections.Values.Where(c => c.Room == roomName).Select(c => c.ConnectionId)];
        }
    }

    /// <summary>All rooms, the fixed ones first.</summary>
    public IReadOnlyList<RoomSummary> Rooms()
    {
        lock (_gate)
        {
            RemoveExpired();
            return [.. _rooms.Values
                .OrderBy(r => Array.IndexOf(FixedRooms, r.Name) is var i && i < 0 ? int.MaxValue : i)
                .ThenBy(r => r.Name, StringComparer.Ordinal)
                .Select(r => new RoomSummary(r.Name, MembersOf(r.Name).Count(), r.LastSequence))];
        }
    }

    private IEnumerable<Member> MembersOf(string roomName) =>
        _connections.Values.Where(c => c.Room == roomName).Select(c => c.Member).OfType<Member>().DistinctBy(m => m.Id);

    private bool IsPresent(string roomName, string memberId) => _connections.Values.Any(c => c.Room == roomName && c.Member?.Id == memberId);

    private DateTimeOffset Expiry() => time.GetUtcNow() + ConnectionLifetime;

    // Milliseconds since 1970, or one more than before: rises even when the store was emptied meanwhile, so that clients which
    // compare against what they saw last stay right.
    private long Next(long previous) => Math.Max(previous + 1, time.GetUtcNow().ToUnixTimeMilliseconds());

    private void RemoveExpired()
    {
        var now = time.GetUtcNow();
        foreach (var connection in _connections.Values.Where(c => c.ExpiresAt <= now).ToArray())
        {
            _connections.Remove(connection.ConnectionId);
            if (connection.Room is { } room)
            {
                _rooms[room].PresenceVersion = Next(_rooms[room].PresenceVersion);
            }
        }

        foreach (var room in _rooms.Values.Where(r => r.LastUsed + RoomLifetime <= now && !FixedRooms.Contains(r.Name)).ToArray())
        {
            if (!MembersOf(room.Name).Any())
            {
                _rooms.Remove(room.Name);
            }
        }
    }

    private sealed class Room(string name)
    {
        public string Name { get; } = name;

        public Queue<ChatMessage> Messages { get; } = new();

        public long LastSequence { get; set; }

        public long PresenceVersion { get; set; }

        public DateTimeOffset LastUsed { get; set; }
    }
}

/// <summary>A connection's item in the store.</summary>
internal sealed record ChatConnection(string ConnectionId, string? Room, Member? Member, DateTimeOffset ExpiresAt);

internal enum JoinOutcome
{
    Joined,

    /// <summary>The member was in that room already, by this connection or another.</summary>
    AlreadyThere,

    /// <summary>The store has no such connection: it has ended, or the store was emptied under it.</summary>
    UnknownConnection,

    TooManyRooms,
}
