namespace Ensemble.Catalog.Tests;

public sealed class CatalogReportTests
{
    [Fact]
    public void Format_ErrorsAndWarnings_IsALineEachAndACount() => CatalogReport.Format(
            [
                new CatalogIssue("models[0].retries", "must be a whole number from 0 to 10", "11", "Give a value in this range."),
                new CatalogIssue("", "must be an object", null, "Write an object here."),
            ],
            [new CatalogIssue("keys[0].key", "cannot be used now", null, "Provide the secret.")])
        .ShouldBe("""
            error: models[0].retries: must be a whole number from 0 to 10 (found 11). Give a value in this range.
            error: catalog: must be an object. Write an object here.
            warning: keys[0].key: cannot be used now. Provide the secret.
            2 errors, 1 warning
            """);

    [Fact]
    public void Format_Nothing_SaysSo() => CatalogReport.Format([], []).ShouldBe("no errors, no warnings");
}
