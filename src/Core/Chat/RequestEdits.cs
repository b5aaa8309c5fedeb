using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ensemble.Chat;

/// <summary>What is to differ between the caller's request and the one that goes out. Everything else stays byte for byte.</summary>
public sealed class RequestEdits
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _set;
    private readonly HashSet<string> _dropped;
    private readonly Dictionary<string, string> _renamed;

    public RequestEdits()
    {
        _set = [];
        _dropped = [];
        _renamed = [];
    }

    /// <summary>A copy that can be changed without changing <paramref name="other"/>.</summary>
    public RequestEdits(RequestEdits other)
    {
        _set = new(other._set);
        _dropped = [.. other._dropped];
        _renamed = new(other._renamed);
        Messages = other.Messages;
        AppendedMessage = other.AppendedMessage;
        DeveloperRole = other.DeveloperRole;
    }

    /// <summary>Field name → JSON value that replaces or adds it.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Fields => _set;

    public IReadOnlySet<string> Dropped => _dropped;

    /// <summary>Old field name → new one; applies to the caller's fields and to those that were set.</summary>
    public IReadOnlyDictionary<string, string> Renamed => _renamed;

    /// <summary>A JSON array that replaces the caller's messages; null = they stay.</summary>
    public ReadOnlyMemory<byte>? Messages { get; private set; }

    /// <summary>A JSON object that follows the last message; null = none.</summary>
    public ReadOnlyMemory<byte>? AppendedMessage { get; private set; }

    /// <summary>The role written where the caller wrote <c>developer</c>; null = it stays.</summary>
    public string? DeveloperRole { get; set; }

    /// <param name="json">A JSON value as UTF-8.</param>
    public RequestEdits Set(string field, ReadOnlyMemory<byte> json)
    {
        _dropped.Remove(field);
        _set[field] = json;
        return this;
    }

    public RequestEdits Set(string field, string text) => Set(field, JsonSerializer.SerializeToUtf8Bytes(text, ChatJson.Default.String));

    public RequestEdits Set(string field, double number) =>
        Set(field, Encoding.ASCII.GetBytes(number.ToString("R", CultureInfo.InvariantCulture)));

    public RequestEdits Set(string field, long number) =>
        Set(field, Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Leaves the field out, also where it was set before.</summary>
    public RequestEdits Drop(string field)
    {
        _set.Remove(field);
        _dropped.Add(field);
        return this;
    }

    public RequestEdits Rename(string from, string to)
    {
        _renamed[from] = to;
        return this;
    }

    public RequestEdits ReplaceMessages(ReadOnlyMemory<byte> array)
    {
        Messages = array;
        return this;
    }

    public RequestEdits AppendMessage(ReadOnlyMemory<byte> message)
    {
        AppendedMessage = message;
        return this;
    }
}
