namespace Ensemble.Catalog.Reading;

/// <summary>Collects what is wrong or doubtful, in the order found; bounded, since a file of 4 MiB can hold a million mistakes.</summary>
internal sealed class IssueLog
{
    public const int Capacity = 500;

    private readonly List<CatalogIssue> _errors = [];
    private readonly List<CatalogIssue> _warnings = [];

    public IReadOnlyList<CatalogIssue> Errors => _errors;

    public IReadOnlyList<CatalogIssue> Warnings => _warnings;

    /// <summary>True when further errors are not kept, so that looking for them is of no use.</summary>
    public bool IsFull => _errors.Count > Capacity;

    public void Error(CatalogIssue issue) => Add(_errors, issue);

    public void Warn(CatalogIssue issue) => Add(_warnings, issue);

    private static void Add(List<CatalogIssue> issues, CatalogIssue issue)
    {
        if (issues.Count < Capacity)
        {
            issues.Add(issue);
        }
        else if (issues.Count == Capacity)
        {
            issues.Add(new CatalogIssue("", $"has more than {Capacity} of these", null, "Correct those above; the rest is shown then."));
        }
    }
}
