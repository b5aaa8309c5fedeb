using Ensemble.Catalog.Secrets;

namespace Ensemble.Catalog.Reading;

/// <summary>What is known about a catalog while it is read: its aliases, who names whom, and where secrets are looked up.</summary>
internal sealed class CatalogDraft(SecretResolver? secrets, IssueLog issues, CatalogOrigin origin)
{
    private readonly Dictionary<string, Alias> _aliases = [];
    private readonly List<ModelReference> _references = [];
    private readonly List<SecretReference> _keyReferences = [];

    public SecretResolver? Secrets => secrets;

    public CatalogOrigin Origin => origin;

    /// <summary>Every alias, also of entries that have errors: a reference to one of those is not an error of its own.</summary>
    public IReadOnlyDictionary<string, Alias> Aliases => _aliases;

    public IReadOnlyList<ModelReference> References => _references;

    /// <summary>The secrets that callers' keys were read from.</summary>
    public IReadOnlyList<SecretReference> KeyReferences => _keyReferences;

    public IssueLog Issues => issues;

    public string? ReadAlias(ConfigObject entry, bool isEnsemble, ModelKind kind)
    {
        var node = entry.Require("display_name", "Give the name by which callers ask for it.");
        if (node?.Text(DisplayName.MaxLength) is not { } name)
        {
            return null;
        }

        if (!DisplayName.IsValid(name))
        {
            node.Value.Error("has characters other than letters, digits and -_.:/@", "Use only these.");
            return null;
        }

        if (!_aliases.TryAdd(name, new Alias(entry.Path, isEnsemble, kind)))
        {
            node.Value.Error($"is used twice: {_aliases[name].Path} has it too", "Rename one of them.");
        }

        return name;
    }

    /// <summary>Notes that an ensemble calls a model; whether there is one is known only at the end.</summary>
    /// <param name="kind">What the model has to be.</param>
    public string? ReadReference(ConfigNode? node, ModelKind kind = ModelKind.Chat)
    {
        if (node?.Text(DisplayName.MaxLength) is not { } name)
        {
            return null;
        }

        AddReference(node.Value, name, kind);
        return name;
    }

    /// <summary>As <see cref="ReadReference"/>, of a name that is a field's.</summary>
    /// <param name="node">The field's value, where an error is reported.</param>
    public void AddReference(ConfigNode node, string name, ModelKind kind = ModelKind.Chat) =>
        _references.Add(new ModelReference(node, name, kind));

    public void AddKeyReference(SecretReference reference) => _keyReferences.Add(reference);

    internal sealed record Alias(string Path, bool IsEnsemble, ModelKind Kind);

    internal sealed record ModelReference(ConfigNode Node, string Name, ModelKind Kind);
}
