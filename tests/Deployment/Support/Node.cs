using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Ensemble.Deployment.Tests.Support;

/// <summary>A place in a manifest, which may be empty: what is asked of nothing is nothing.</summary>
internal sealed class Node(YamlNode? yaml)
{
    public static readonly Node None = new(null);

    public bool Exists => yaml is not null;

    /// <summary>A scalar's text; null for everything else.</summary>
    public string? Text => (yaml as YamlScalarNode)?.Value;

    public bool IsTrue => Text == "true";

    public bool IsFalse => Text == "false";

    /// <exception cref="FormatException">It is no number.</exception>
    public int Number => int.Parse(Text ?? "", NumberStyles.None, CultureInfo.InvariantCulture);

    public IReadOnlyList<Node> Items => yaml is YamlSequenceNode sequence ? [.. sequence.Select(item => new Node(item))] : [];

    public IReadOnlyList<string?> Texts => [.. Items.Select(item => item.Text)];

    public IReadOnlyDictionary<string, Node> Fields => yaml is YamlMappingNode mapping
        ? mapping.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => new Node(pair.Value), StringComparer.Ordinal)
        : new Dictionary<string, Node>(StringComparer.Ordinal);

    /// <summary>The labels, or the like, of a mapping of texts.</summary>
    public IReadOnlyDictionary<string, string> Pairs => Fields.ToDictionary(pair => pair.Key, pair => pair.Value.Text!, StringComparer.Ordinal);

    /// <param name="path">Names of fields, with dots between them; a name with dots of its own is asked for through <see cref="Fields"/>.</param>
    public Node this[string path] => path.Split('.').Aggregate(this, static (node, name) => node.Fields.GetValueOrDefault(name, None));

    /// <summary>Every node within, itself included, with the names that lead to it.</summary>
    public IEnumerable<(string Path, Node Node)> All(string path = "")
    {
        yield return (path, this);
        foreach (var within in Fields.Select(pair => (Name: pair.Key, Node: pair.Value)).Concat(Items.Select(item => (Name: "[]", Node: item))))
        {
            foreach (var found in within.Node.All($"{path}.{within.Name}"))
            {
                yield return found;
            }
        }
    }
}
