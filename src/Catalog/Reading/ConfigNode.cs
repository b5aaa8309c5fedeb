using System.Text.Json;

namespace Ensemble.Catalog.Reading;

/// <summary>
/// A value of the file that knows its path. Every reading method returns null where the value is not what it should be, and has
/// reported that by then: a reader goes on, so that all errors of a file are found at once.
/// </summary>
/// <param name="hidden">True for a value that may be a secret: no message shows it.</param>
internal readonly struct ConfigNode(JsonElement element, string path, IssueLog issues, bool hidden = false)
{
    public string Path => path;

    public JsonElement Element => element;

    public bool IsNull => element.ValueKind == JsonValueKind.Null;

    public bool IsString => element.ValueKind == JsonValueKind.String;

    /// <summary>A field of this object that was read before, shown in no message.</summary>
    public ConfigNode Field(string name) => new(element.Member(name) ?? default, ConfigText.FieldPath(path, name), issues, hidden: true);

    /// <summary>The same value, shown in no message.</summary>
    public ConfigNode Hidden() => new(element, path, issues, hidden: true);

    public void Error(string rule, string fix) => issues.Error(new CatalogIssue(path, rule, Shown, fix));

    public void Warn(string rule, string fix) => issues.Warn(new CatalogIssue(path, rule, Shown, fix));

    /// <summary>Reports something that this version cannot do.</summary>
    public void Unavailable(string fix) => Error("is not available in this version", fix);

    /// <param name="fields">Every field that the object may have; others are refused.</param>
    /// <param name="elsewhere">Says where a field belongs that is known, but not here; null where it does not know it either.</param>
    public ConfigObject? Object(string[] fields, Func<string, string?>? elsewhere = null) =>
        Is(JsonValueKind.Object, "an object") ? ConfigObject.Read(this, issues, fields, elsewhere) : null;

    /// <returns>The fields of an object whose names are free, each once.</returns>
    public IReadOnlyList<(string Name, ConfigNode Value)>? Entries(int max)
    {
        if (!Is(JsonValueKind.Object, "an object"))
        {
            return null;
        }

        var entries = new Dictionary<string, ConfigNode>();
        foreach (var property in element.EnumerateObject())
        {
            var value = new ConfigNode(property.Value, ConfigText.FieldPath(path, property.NameText()), issues, hidden);
            if (!entries.TryAdd(property.NameText(), value))
            {
                value.Hidden().Error(ConfigObject.DuplicateFieldRule, ConfigObject.DuplicateFieldFix);
            }
        }

        if (entries.Count > max)
        {
            Error($"has {entries.Count} entries, at most {max} are allowed", "Remove some.");
            return null;
        }

        return [.. entries.Select(entry => (entry.Key, entry.Value))];
    }

    public IReadOnlyList<ConfigNode>? Items(int min, int max, string what)
    {
        if (!Is(JsonValueKind.Array, "an array"))
        {
            return null;
        }

        var count = element.GetArrayLength();
        if (count < min || count > max)
        {
            Error(
                count < min ? $"has fewer than {min} {what}" : $"has {count} {what}, at most {max} are allowed",
                count < min ? "Add one." : "Remove some.");
            return count < min ? [] : null;
        }

        var items = new List<ConfigNode>(count);
        foreach (var item in element.EnumerateArray())
        {
            items.Add(new ConfigNode(item, $"{path}[{items.Count}]", issues, hidden));
        }

        return items;
    }

    /// <returns>A string that is not empty, of at most <paramref name="maxLength"/> UTF-16 units.</returns>
    public string? Text(int maxLength)
    {
        if (!Is(JsonValueKind.String, "a string"))
        {
            return null;
        }

        var text = element.Text()!;
        if (string.IsNullOrWhiteSpace(text))
        {
            Error("is empty", "Give it a value, or leave the field out where it is optional.");
            return null;
        }

        if (text.Length > maxLength)
        {
            Error($"is longer than {maxLength} characters", "Shorten it.");
            return null;
        }

        return text;
    }

    /// <returns>A short text on one line: a name, not a document.</returns>
    public string? Name(int maxLength = 256)
    {
        var text = Text(maxLength);
        if (text is not null && (text.Any(char.IsControl) || char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1])))
        {
            Error("has control characters, or blanks at an end", "Remove them.");
            return null;
        }

        return text;
    }

    public bool? Flag() => element.ValueKind is JsonValueKind.True or JsonValueKind.False || Is(JsonValueKind.True, "true or false")
        ? element.GetBoolean()
        : null;

    /// <returns>A whole number within the range, however it is written (<c>60000</c>, <c>6e4</c>).</returns>
    public long? Integer(long min, long max)
    {
        if (!Is(JsonValueKind.Number, "a whole number"))
        {
            return null;
        }

        if (element.Whole() is { } whole && whole >= min && whole <= max)
        {
            return whole;
        }

        if (element.Exact() is { } value && value == decimal.Truncate(value) && value >= min && value <= max)
        {
            return (long)value;
        }

        OutOfRange("a whole number", min, max);
        return null;
    }

    public double? Number(double min, double max)
    {
        if (!Is(JsonValueKind.Number, "a number"))
        {
            return null;
        }

        if (element.Number() is { } value && value >= min && value <= max)
        {
            return value;
        }

        OutOfRange("a number", min, max);
        return null;
    }

    public decimal? Amount(decimal max)
    {
        if (!Is(JsonValueKind.Number, "a number"))
        {
            return null;
        }

        if (element.Exact() is { } value && value >= 0 && value <= max)
        {
            return value;
        }

        OutOfRange("a number", 0m, max);
        return null;
    }

    public TimeSpan? Milliseconds(long min, long max) => Integer(min, max) is { } value ? TimeSpan.FromMilliseconds(value) : null;

    /// <param name="choices">What may be written, and what it means.</param>
    public T? OneOf<T>((string Name, T Value)[] choices)
        where T : struct
    {
        if (!Is(JsonValueKind.String, "a string"))
        {
            return null;
        }

        var text = element.Text()!;
        foreach (var (name, value) in choices)
        {
            if (name == text)
            {
                return value;
            }
        }

        var names = choices.Select(choice => choice.Name).ToList();
        var all = string.Join(", ", names.Select(ConfigText.Quote));
        Error($"is not one of {all}", NearestName.Advice(text, names, "Use one of these."));
        return null;
    }

    /// <summary>Reports a wrong type unless the value is of <paramref name="kind"/>.</summary>
    public bool Is(JsonValueKind kind, string expected)
    {
        if (element.ValueKind == kind)
        {
            return true;
        }

        Error($"must be {expected}", $"Write {expected} here.");
        return false;
    }

    private string? Shown => hidden ? null : ConfigText.Short(element);

    private void OutOfRange<T>(string what, T min, T max) =>
        Error($"must be {what} from {min} to {max}", "Give a value in this range.");
}
