using RealtimeGateway.Apis;
using RealtimeGateway.Configuration.Reading;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>A place of a file that is being written, and what becomes of the secrets in it.</summary>
internal sealed class Printing
{
    private readonly ConfigurationPath _path;
    private readonly Dictionary<string, ConfigurationPath>? _variables;

    private Printing(ConfigurationPath path, Dictionary<string, ConfigurationPath>? variables) => (_path, _variables) = (path, variables);

    /// <summary>A whole file with its secrets.</summary>
    public static Printing WithSecrets => new(ConfigurationPath.Root, variables: null);

    /// <summary>A whole file in which references to the environment stand for the secrets.</summary>
    public static Printing WithoutSecrets => new(ConfigurationPath.Root, []);

    /// <summary>The member <paramref name="name"/> below this place.</summary>
    public Printing this[string name] => new(_path[name], _variables);

    /// <summary>The item <paramref name="index"/> (from 0) below this place.</summary>
    public Printing this[int index] => new(_path[index], _variables);

    /// <summary>
    /// What stands for a secret at this place: <c>${env:APIS_CHAT_INTEGRATIONS_BACKEND_SECRET}</c>. <see langword="null"/> when the secret itself does.
    /// Two places whose names would be equal get different ones, in the order of the file.
    /// </summary>
    public string? SecretReference()
    {
        if (_variables is null)
        {
            return null;
        }

        var name = string.Concat(_path.ToString().Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
        var free = name;
        for (var i = 2; !_variables.TryAdd(free, _path) && _variables[free] != _path; i++)
        {
            free = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}_{i}");
        }

        return EnvironmentText.Reference(free);
    }
}
