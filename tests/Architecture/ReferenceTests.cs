using System.Reflection;

namespace Ensemble.Architecture.Tests;

/// <summary>Which project may use which, and what it may not know: the picture in src/README.md.</summary>
public sealed class ReferenceTests
{
    /// <summary>By which Core's records say how they are sent; no grains.</summary>
    private const string Serialization = "Orleans.Serialization";

    public static TheoryData<string, string[]> Allowed { get; } = new()
    {
        { "Ensemble.Core", [] },
        { "Ensemble.Catalog", ["Ensemble.Core"] },
        { "Ensemble.Providers", ["Ensemble.Core", "Ensemble.Catalog"] },
        { "Ensemble.Engine", ["Ensemble.Core", "Ensemble.Catalog", "Ensemble.Providers"] },
        { "Ensemble.Storage", ["Ensemble.Core"] },
        { "Ensemble.Evaluation", ["Ensemble.Core", "Ensemble.Catalog", "Ensemble.Providers", "Ensemble.Engine", "Ensemble.Storage"] },
        { "Ensemble.Grains", ["Ensemble.Core", "Ensemble.Catalog", "Ensemble.Engine"] },
        { "Ensemble.Frontend", ["Ensemble.Core", "Ensemble.Catalog", "Ensemble.Engine", "Ensemble.Storage"] },
    };

    public static TheoryData<string, string[]> Unknown { get; } = new()
    {
        { "Ensemble.Core", ["Microsoft.AspNetCore", "Orleans", "Npgsql", "Microsoft.Data.Sqlite"] },
        { "Ensemble.Catalog", ["Microsoft.AspNetCore", "Orleans", "Npgsql", "Microsoft.Data.Sqlite"] },
        { "Ensemble.Providers", ["Microsoft.AspNetCore", "Orleans", "Npgsql", "Microsoft.Data.Sqlite"] },
        { "Ensemble.Engine", ["Microsoft.AspNetCore", "Orleans", "Npgsql", "Microsoft.Data.Sqlite"] },
        { "Ensemble.Storage", ["Microsoft.AspNetCore", "Orleans"] },
        { "Ensemble.Evaluation", ["Microsoft.AspNetCore", "Orleans", "Npgsql", "Microsoft.Data.Sqlite"] },
        { "Ensemble.Grains", ["Microsoft.AspNetCore", "Npgsql", "Microsoft.Data.Sqlite"] },
        { "Ensemble.Frontend", ["Orleans", "Npgsql", "Microsoft.Data.Sqlite", "System.CommandLine", "OpenTelemetry"] },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void References_OfAProject_AreThoseAboveIt(string project, string[] allowed) =>
        References(project).Where(name => name.StartsWith("Ensemble.", StringComparison.Ordinal)).ShouldBeSubsetOf(allowed);

    [Theory]
    [MemberData(nameof(Unknown))]
    public void References_OfAProject_LeaveOutWhatItMustNotKnow(string project, string[] unknown) =>
        References(project)
            .Where(name => project != "Ensemble.Core" || !name.StartsWith(Serialization, StringComparison.Ordinal))
            .Where(name => unknown.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            .ShouldBeEmpty();

    private static IEnumerable<string> References(string project) =>
        Assembly.Load(project).GetReferencedAssemblies().Select(reference => reference.Name!);
}
