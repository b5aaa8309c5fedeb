using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ensemble.Chat;

/// <summary>What is to differ between the caller's request and the one that goes out. Everything else stays byte for byte.</summary>
public sealed class RequestEdits
{
    private static readonly IReadOnlyDictionary<string, string> NoNames = new Dictionary<string, string>();

    // A request has four sub-calls or more, each with edits of its own: what is the same for all of them is shared.
    private readonly FrozenSet<string> _alwaysDropped;
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _set;
    private HashSet<string>? _dropped;
    private Dictionary<string, string>? _renamed;

    public RequestEdits()
        : this(FrozenSet<string>.Empty)
    {
    }

    /// <param name="alwaysDropped">Fields that are left out unless they are set later.</param>
    public RequestEdits(FrozenSet<string> alwaysDropped)
    {
        _alwaysDropped = alwaysDropped;
        _set = [];
    }

    /// <summary>A copy that can be changed without changing <paramref name="other"/>.</summary>
    public RequestEdits(RequestEdits other)
    {
        _alwaysDropped = other._alwaysDropped;
        _set = new(other._set);
        _dropped = other._dropped is { Count: > 0 } dropped ? [.. dropped] : null;
        _renamed = other._renamed is { Count: > 0 } renamed ? new(renamed) : null;
        Messages = other.Messages;
        ReplacedMessages = other.ReplacedMessages;
        AppendedMessage = other.AppendedMessage;
        AppendedAfter = other.AppendedAfter;
        MessagesWithoutTools = other.MessagesWithoutTools;
        DeveloperRole = other.DeveloperRole;
        ToolCallModel = other.ToolCallModel;
        IsOneOff = other.IsOneOff;
    }

    /// <summary>Field name → JSON value that replaces or adds it.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Fields => _set;

    /// <summary>Old field name → new one; applies to the caller's fields and to those that were set.</summary>
    public IReadOnlyDictionary<string, string> Renamed => _renamed ?? NoNames;

    /// <summary>A JSON array that replaces the caller's messages; null = they stay.</summary>
    public ReadOnlyMemory<byte>? Messages { get; private set; }

    /// <summary>How many of the caller's messages <see cref="Messages"/> replaces, from the first; null = all.</summary>
    public int? ReplacedMessages { get; private set; }

    /// <summary>A JSON object that follows <see cref="AppendedAfter"/>; null = none.</summary>
    public ReadOnlyMemory<byte>? AppendedMessage { get; private set; }

    /// <summary>The index of the caller's message that <see cref="AppendedMessage"/> follows; null = the last one.</summary>
    public int? AppendedAfter { get; private set; }

    /// <summary>
    /// Makes the messages for a model that takes no tools, with the tools and their calls as text; null = the request's tools are
    /// never left out.
    /// </summary>
    public Func<ReadOnlyMemory<byte>>? MessagesWithoutTools { get; set; }

    /// <summary>The role written where the caller wrote <c>developer</c>; null = it stays.</summary>
    public string? DeveloperRole { get; set; }

    /// <summary>
    /// The alias of the model that is asked: tool calls which it made get its own ids back, others ids that every provider takes. Null =
    /// ids stay.
    /// </summary>
    public string? ToolCallModel { get; set; }

    /// <summary>Whether no later request begins with these messages, so that no provider needs to keep them. Default false.</summary>
    public bool IsOneOff { get; set; }

    /// <param name="json">A JSON value as UTF-8.</param>
    public RequestEdits Set(string field, ReadOnlyMemory<byte> json)
    {
        _dropped?.Remove(field);
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
        if (!_alwaysDropped.Contains(field))
        {
            (_dropped ??= []).Add(field);
        }

        return this;
    }

    /// <summary>Whether the caller's field of that name is left out.</summary>
    public bool Drops(string field) => !_set.ContainsKey(field) && (_alwaysDropped.Contains(field) || _dropped?.Contains(field) == true);

    public RequestEdits Rename(string from, string to)
    {
        (_renamed ??= [])[from] = to;
        return this;
    }

    /// <param name="count">How many of the caller's messages give way, from the first; null = all.</param>
    public RequestEdits ReplaceMessages(ReadOnlyMemory<byte> array, int? count = null)
    {
        (Messages, ReplacedMessages) = (array, count);
        return this;
    }

    /// <param name="after">The index of the caller's message that it follows; null = the last one.</param>
    public RequestEdits AppendMessage(ReadOnlyMemory<byte> message, int? after = null)
    {
        (AppendedMessage, AppendedAfter) = (message, after);
        return this;
    }
}
