using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RealtimeGateway.Samples.Chat;

/// <summary>What a client sends. Which members are read depends on the route, that is on <c>action</c>.</summary>
internal sealed record ClientMessage(string? Room, string? Name, string? Text, string? Id, string? Key);

/// <summary>Someone in a room. The id is public; it is derived from a key that only the client knows.</summary>
internal sealed record Member(string Id, string Name);

/// <param name="Seq">Rises within a room; what clients sort by.</param>
/// <param name="Id">Chosen by the sender; makes a repeated message recognizable.</param>
/// <param name="At">Milliseconds since 1970.</param>
internal sealed record ChatMessage(long Seq, string Id, Member From, string Text, long At);

/// <param name="Latest">The sequence number of the room's last message, 0 when it has none.</param>
internal sealed record RoomSummary(string Name, int Online, long Latest);

/// <param name="Version">Rises with every change; pushes may overtake each other, and the newest wins.</param>
internal sealed record Presence(long Version, int Count, IReadOnlyList<Member> Members)
{
    /// <summary>Longest list of members sent; <see cref="Count"/> is always whole.</summary>
    public const int MaxListed = 200;
}

/// <summary>Something that happened to a member: <c>joined</c>, <c>left</c> or <c>renamed</c> (then <c>Was</c> is the old name).</summary>
internal sealed record PresenceNote(string Kind, string Name, string? Was = null);

/// <summary>What the back end sends to a client, as an answer or as a push.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(JoinedFrame), "joined")]
[JsonDerivedType(typeof(MessageFrame), "message")]
[JsonDerivedType(typeof(PresenceFrame), "presence")]
[JsonDerivedType(typeof(WhoFrame), "who")]
[JsonDerivedType(typeof(RenamedFrame), "renamed")]
[JsonDerivedType(typeof(TypingFrame), "typing")]
[JsonDerivedType(typeof(ErrorFrame), "error")]
internal abstract record ServerFrame
{
    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, ChatJson.Wire.ServerFrame);
}

/// <summary>Answer to <c>join</c>.</summary>
internal sealed record JoinedFrame(
    string Room, Member You, Presence Presence, IReadOnlyList<ChatMessage> Messages, IReadOnlyList<RoomSummary> Rooms) : ServerFrame;

/// <summary>A message: the answer to its sender, a push to everyone else in the room.</summary>
internal sealed record MessageFrame(string Room, ChatMessage Message) : ServerFrame;

internal sealed record PresenceFrame(string Room, Presence Presence, IReadOnlyList<PresenceNote> Notes) : ServerFrame;

/// <summary>Answer to <c>who</c>.</summary>
internal sealed record WhoFrame(string Room, Presence Presence, IReadOnlyList<RoomSummary> Rooms) : ServerFrame;

/// <summary>Answer to <c>rename</c>.</summary>
internal sealed record RenamedFrame(Member You) : ServerFrame;

internal sealed record TypingFrame(string Room, Member Member) : ServerFrame;

/// <param name="Code">For programs: <c>reconnect</c> asks the client to open a new connection; the others are about its message.</param>
/// <param name="Message">For people.</param>
/// <param name="Id">The id of the message in question, when there is one.</param>
internal sealed record ErrorFrame(string Code, string Message, string? Id = null) : ServerFrame;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClientMessage))]
[JsonSerializable(typeof(ServerFrame))]
[JsonSerializable(typeof(PageSettings))]
internal sealed partial class ChatJson : JsonSerializerContext
{
    /// <summary>
    /// For what goes to clients: letters stay letters instead of six bytes of escape each. The frames are read by a JSON parser and
    /// never become markup.
    /// </summary>
    public static ChatJson Wire { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
