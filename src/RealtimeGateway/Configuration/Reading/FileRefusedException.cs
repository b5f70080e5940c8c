using YamlDotNet.Core;

namespace RealtimeGateway.Configuration.Reading;

/// <summary>Ends the reading of a file like a syntax error, with a message that needs no translation.</summary>
internal sealed class FileRefusedException(in Mark place, string message) : YamlException(place, place, message);
