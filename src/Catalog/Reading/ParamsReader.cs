using System.Text.Json;

namespace Ensemble.Catalog.Reading;

/// <summary>Reads how requests are adapted to a provider, and refuses what would change what was asked.</summary>
internal static class ParamsReader
{
    private const int MaxEntries = 64;
    private const int MaxValueBytes = 64 * 1024;

    private static readonly string[] Fields = ["drop", "rename", "set", "developer_role", "n", "stream", "thinks"];
    private static readonly string[] Protected = ["model", "messages", "stream", "stream_options", "n"];
    private static readonly string[] NeverDropped = ["response_format", "max_tokens", "max_completion_tokens"];
    private static readonly (string, int)[] DeveloperRoles = [("system", 0), ("developer", 1), ("user", 2)];

    private static readonly (string, bool)[] Streams = [("as_asked", false), ("always", true)];

    public static ParamsConfig Read(ConfigNode node)
    {
        if (node.Object(Fields) is not { } parameters)
        {
            return ParamsConfig.None;
        }

        var drop = parameters.Find("drop") is { } dropped ? ReadDrop(dropped) : [];
        return new ParamsConfig
        {
            Drop = drop,
            Rename = parameters.Find("rename") is { } renamed ? ReadRename(renamed, drop) : ParamsConfig.None.Rename,
            Set = parameters.Find("set") is { } set ? ReadSet(set) : ParamsConfig.None.Set,
            DeveloperRole = parameters.Find("developer_role") is { } role && role.OneOf(DeveloperRoles) is { } index
                ? DeveloperRoles[index].Item1
                : null,
            N = parameters.Flag("n"),
            AlwaysStreams = parameters.Find("stream")?.OneOf(Streams) ?? false,
            Thinks = parameters.Flag("thinks"),
        };
    }

    private static List<string> ReadDrop(ConfigNode node)
    {
        var names = new List<string>();
        foreach (var item in node.Items(0, MaxEntries, "names") ?? [])
        {
            if (item.Name() is not { } name || IsProtected(name, item, "dropped"))
            {
                continue;
            }

            if (NeverDropped.Contains(name, StringComparer.Ordinal))
            {
                item.Error("may not be dropped, since the caller relies on it", "Rename it, or remove this entry.");
            }
            else if (names.Contains(name))
            {
                item.Error("is listed twice", ConfigObject.DuplicateFieldFix);
            }
            else
            {
                names.Add(name);
            }
        }

        return names;
    }

    private static Dictionary<string, string> ReadRename(ConfigNode node, List<string> dropped)
    {
        var names = new Dictionary<string, string>();
        foreach (var (from, value) in node.Entries(MaxEntries) ?? [])
        {
            if (value.Name() is not { } to || IsProtected(from, value, "renamed")
                || IsProtected(to, value, "the new name of another field"))
            {
                continue;
            }

            if (dropped.Contains(from))
            {
                value.Error("is renamed and dropped", "Remove it from drop or from rename.");
            }
            else if (names.ContainsValue(to))
            {
                value.Error("is the new name of two fields", "Give each its own.");
            }
            else
            {
                names.Add(from, to);
            }
        }

        return names;
    }

    private static Dictionary<string, ReadOnlyMemory<byte>> ReadSet(ConfigNode node)
    {
        var values = new Dictionary<string, ReadOnlyMemory<byte>>();
        foreach (var (name, entry) in node.Hidden().Entries(MaxEntries) ?? [])
        {
            if (IsProtected(name, entry, "set"))
            {
                continue;
            }

            var json = Canonical(entry.Element);
            if (json.Length > MaxValueBytes)
            {
                entry.Error($"is larger than {MaxValueBytes / 1024} KiB", "Shorten it.");
            }
            else
            {
                values.Add(name, json);
            }
        }

        return values;
    }

    private static bool IsProtected(string field, ConfigNode node, string verb)
    {
        if (!Protected.Contains(field, StringComparer.Ordinal))
        {
            return false;
        }

        node.Error($"names {ConfigText.Quote(field)}, which may not be {verb}", "Remove it; these fields are the gateway's own.");
        return true;
    }

    /// <summary>Written again: comments and trailing commas of the file must not reach a provider.</summary>
    private static byte[] Canonical(JsonElement element)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            element.WriteTo(writer);
        }

        return buffer.ToArray();
    }
}
