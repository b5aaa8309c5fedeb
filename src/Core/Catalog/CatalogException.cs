namespace Ensemble.Catalog;

/// <summary>A catalog that cannot be served. The message is the whole report, one issue a line.</summary>
public sealed class CatalogException : Exception
{
    public CatalogException(string source, IReadOnlyList<CatalogIssue> errors, IReadOnlyList<CatalogIssue> warnings)
        : base($"{source} is not a valid catalog:\n{CatalogReport.Format(errors, warnings)}")
    {
        Errors = errors;
        Warnings = warnings;
    }

    public CatalogException(string message)
        : base(message)
    {
    }

    public CatalogException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Empty where the file could not be read at all.</summary>
    public IReadOnlyList<CatalogIssue> Errors { get; } = [];

    public IReadOnlyList<CatalogIssue> Warnings { get; } = [];
}
