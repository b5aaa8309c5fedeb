namespace Ensemble.Catalog.Reading;

/// <summary>An object whose fields are known by name.</summary>
internal sealed class ConfigObject
{
    public const string DuplicateFieldRule = "is given twice in one object";
    public const string DuplicateFieldFix = "Remove one of them.";

    private readonly Dictionary<string, ConfigNode> _fields = [];
    private readonly ConfigNode _node;
    private readonly IssueLog _issues;

    private ConfigObject(ConfigNode node, IssueLog issues) => (_node, _issues) = (node, issues);

    public string Path => _node.Path;

    /// <summary>Takes the known fields, and reports each that is unknown or there twice.</summary>
    public static ConfigObject Read(ConfigNode node, IssueLog issues, string[] known, Func<string, string?>? elsewhere)
    {
        var result = new ConfigObject(node, issues);
        foreach (var property in node.Element.EnumerateObject())
        {
            if (issues.IsFull)
            {
                break;
            }

            var name = property.NameText();
            var field = new ConfigNode(property.Value, ConfigText.FieldPath(node.Path, name), issues);
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                // The value stays unseen: it may be a secret under a misspelt name.
                field.Hidden().Error(
                    "is not a known field",
                    elsewhere?.Invoke(name) ?? NearestName.Advice(name, known, $"Remove it; known here: {string.Join(", ", known)}."));
            }
            else if (!result._fields.TryAdd(name, field))
            {
                field.Hidden().Error(DuplicateFieldRule, DuplicateFieldFix);
            }
        }

        return result;
    }

    /// <summary>Whether the field is there, be it null.</summary>
    public bool Has(string field) => _fields.ContainsKey(field);

    /// <returns>Null where the field is absent or null, which are the same for an optional field.</returns>
    public ConfigNode? Find(string field) => _fields.TryGetValue(field, out var node) && !node.IsNull ? node : null;

    /// <summary>As <see cref="Find"/>, and reports a field that is not there.</summary>
    public ConfigNode? Require(string field, string fix)
    {
        if (Find(field) is { } node)
        {
            return node;
        }

        _issues.Error(new CatalogIssue(ConfigText.FieldPath(Path, field), "is required", null, fix));
        return null;
    }

    public long? Integer(string field, long min, long max) => Find(field)?.Integer(min, max);

    public double? Number(string field, double min, double max) => Find(field)?.Number(min, max);

    public bool? Flag(string field) => Find(field)?.Flag();

    public TimeSpan? Milliseconds(string field, long min, long max) => Find(field)?.Milliseconds(min, max);

    /// <summary>Reports a doubt about the object as a whole.</summary>
    public void Warn(string rule, string fix) => _issues.Warn(new CatalogIssue(Path, rule, null, fix));

    public void Error(string rule, string fix) => _issues.Error(new CatalogIssue(Path, rule, null, fix));
}
