using System.Text.Json;
using System.Text.RegularExpressions;
using Ensemble.Frontend.Errors;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Frontend.Tests.Errors;

/// <summary>One list of outcomes and codes: what callers get, the documents and the dashboard have the same words.</summary>
public sealed partial class ErrorTableTests
{
    /// <summary>Their errors have another code: the provider's or none, and <c>draining</c>.</summary>
    private static readonly RunFailureKind[] WithoutCode = [RunFailureKind.RequestRejected, RunFailureKind.Cancelled];

    public static TheoryData<RunFailureKind> Kinds => [.. Enum.GetValues<RunFailureKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Error_OfEachKind_HasItsWordAndAStatusAsDocumented(RunFailureKind kind)
    {
        var error = ApiErrors.From(new RunFailure(kind, "Why."));

        error.Code.ShouldBe(kind switch
        {
            RunFailureKind.RequestRejected => null,
            RunFailureKind.Cancelled => ErrorCodes.Draining,
            _ => SnakeCase.Of(kind),
        });
        DocumentedErrors.Has(error.Status, error.Code).ShouldBeTrue($"docs/http-api.md has no row for {error.Status} {error.Code}");
    }

    [Fact]
    public void Codes_InTheDocuments_AreThoseOfTheProduct()
    {
        var codes = typeof(ErrorCodes).GetFields().Select(static field => (string)field.GetRawConstantValue()!);

        DocumentedErrors.All.ShouldBe(
            [.. codes, .. Enum.GetValues<RunFailureKind>().Except(WithoutCode).Select(SnakeCase.Of)], ignoreOrder: true);
    }

    [Fact]
    public void Outcomes_WithoutACodeOfTheirOwn_AreExplainedBeforeTheTable()
    {
        var page = Repository.Read("docs/http-api.md");
        var errors = page[page.IndexOf("## Errors", StringComparison.Ordinal)..page.IndexOf("| Status | `type` |", StringComparison.Ordinal)];

        Array.ForEach(WithoutCode, kind => errors.ShouldContain($"`{SnakeCase.Of(kind)}`"));
    }

    [Fact]
    public void Dashboard_ExplainsEachOutcomeAndNoOther()
    {
        var words = Repository.Read("src/Frontend/Dashboard/Assets/pages/runs/words.js");

        Keys(words, "Outcomes").ShouldBe(
            [RunManifest.Running, RunManifest.Completed, .. Enum.GetValues<RunFailureKind>().Select(SnakeCase.Of)], ignoreOrder: true);
        Keys(words, "Calls").ShouldBe(Enum.GetValues<CallOutcome>().Select(SnakeCase.Of), ignoreOrder: true);
    }

    [Fact]
    public void Document_ListsEachOutcomeAndNoOther()
    {
        using var document = JsonDocument.Parse(Repository.Read("src/Frontend/OpenApi/openapi.json"));
        var schemas = document.RootElement.GetProperty("components").GetProperty("schemas");

        Listed("RunManifest").ShouldBe(
            [RunManifest.Running, RunManifest.Completed, .. Enum.GetValues<RunFailureKind>().Select(SnakeCase.Of)], ignoreOrder: true);
        Listed("SubCall").ShouldBe(Enum.GetValues<CallOutcome>().Select(SnakeCase.Of), ignoreOrder: true);

        IEnumerable<string?> Listed(string schema) => schemas.GetProperty(schema).GetProperty("properties").GetProperty("outcome")
            .GetProperty("enum").EnumerateArray().Select(static word => word.GetString());
    }

    /// <returns>The keys of an object that a script exports.</returns>
    private static IEnumerable<string> Keys(string script, string name)
    {
        var start = script.IndexOf($"export const {name} = {{", StringComparison.Ordinal);
        return Key().Matches(script[start..script.IndexOf("};", start, StringComparison.Ordinal)]).Select(static match => match.Groups["key"].Value);
    }

    [GeneratedRegex("^  (?<key>[a-z_]+):", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Key();
}
