using System.Reflection;
using Ensemble.Telemetry;
using Ensemble.Testing;
using Microsoft.Extensions.Logging;

namespace Ensemble.Architecture.Tests;

/// <summary>What the product logs, by the list of its events.</summary>
public sealed class EventIdTests
{
    private const BindingFlags Declared =
        BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<string, int> Listed = typeof(EventIds).GetFields()
        .ToDictionary(static field => field.Name, static field => (int)field.GetRawConstantValue()!, StringComparer.Ordinal);

    private static readonly IReadOnlyList<LoggerMessageAttribute> Logged =
    [
        .. Product(Assembly.Load("ensemble-silo"), [])
            .SelectMany(static assembly => assembly.GetTypes())
            .SelectMany(static type => type.GetMethods(Declared))
            .SelectMany(static method => method.GetCustomAttributes<LoggerMessageAttribute>()),
    ];

    [Fact]
    public void EventIds_Listed_AreUnique() => Listed.Values.ShouldBeUnique();

    [Fact]
    public void Events_OfTheProduct_AreThoseListedEachOnce() =>
        Logged.Select(static one => (one.EventName, one.EventId)).ShouldBe(
            Listed.Select(static one => ((string?)one.Key, one.Value)), ignoreOrder: true);

    [Fact]
    public void Messages_OfEvents_AreSentences()
    {
        foreach (var one in Logged)
        {
            (char.IsUpper(one.Message[0]) || one.Message[0] == '{').ShouldBeTrue(one.Message);
            one.Message[^1].ShouldBeOneOf('.', '}');
        }
    }

    [Fact]
    public void Events_AboveDebug_AreInTheTableForOperators()
    {
        var rows = Repository.Read("docs/operations.md").Split('\n')
            .SkipWhile(static line => !line.StartsWith("| Event |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(static line => line.StartsWith('|'))
            .Select(static line => line.Split('|')[1].Trim());

        rows.ShouldBe(Logged.Where(static one => one.Level != LogLevel.Debug).OrderBy(static one => one.EventId)
            .Select(static one => $"{one.EventId} `{one.EventName}`"));
    }

    private static IEnumerable<Assembly> Product(Assembly assembly, HashSet<string> seen) =>
        !seen.Add(assembly.FullName!) ? []
        : assembly.GetReferencedAssemblies()
            .Where(static name => name.Name!.StartsWith("Ensemble.", StringComparison.Ordinal))
            .SelectMany(name => Product(Assembly.Load(name), seen))
            .Prepend(assembly);
}
