using System.Text;
using Ensemble.Catalog.Reading;
using Ensemble.Catalog.Serving;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Catalog.Tests;

public sealed class CatalogReaderPropertyTests
{
    private static readonly string[] Pieces =
    [
        "null", "true", "-1", "1e999", "0", "99999999999999999999", "\"\"", "\"\\ud800\"", "[]", "{}", "[{}]", "\"env:\"", "\"all\"", "{", "]", ",", "//\n",
        "\"models\":", "\"panel\":", "\"ensemble\":", "\"display_name\":", "\"key\":", "\"simulated\":", "\"latency_ms\":", "\u0000", "ÿ",
    ];

    private static readonly string[] Seeds =
    [
        CatalogSamples.Valid,
        Encoding.UTF8.GetString(BuiltInCatalog.ReadJson().Span),
        CatalogSamples.WithSimulated("\"latency_ms\": [ 1, 2 ], \"answers\": [ { \"match\": \"a+\", \"text\": \"b\", \"wrong\": [\"c\"] } ]"),
        CatalogSamples.WithStrategy($$"""
            "strategy": "route", {{CatalogSamples.Panel}}, "budget": { "max_calls": 3, "max_tokens": 5 }, "on_budget": "fail",
            "route": { "rules": [ { "when": { "max_words": 5, "matches": "(?i)a+b", "keywords": [ "x" ] }, "to": "s" } ],
                       "classifier": "j", "descriptions": { "m": "prose" }, "default": "l", "verify": { "verifier": "j" }, "shadow_rate": 0.5 }
            """),
        CatalogSamples.WithStrategy($$"""
            "strategy": "cascade", {{CatalogSamples.Panel}}, "consensus": { "embedding_model": "vec", "threshold": 0.7 },
            "cascade": { "rungs": [ [ "s" ], [ "l" ] ], "accept": { "min_agreement": 0.5, "verifier": "j" } }
            """),
        CatalogSamples.WithStrategy("""
            "strategy": "specialist", "judge": { "model": "j" }, "specialist": { "planner": "j", "members": { "code": "s", "law": "l" }, "max_subtasks": 3 }
            """),
        CatalogSamples.WithModel("\"params\": { \"drop\": [\"x\"], \"rename\": { \"y\": \"z\" }, \"set\": { \"w\": 1 } }, \"price\": { \"input_per_million\": 1, \"output_per_million\": 2 }"),
    ];

    [Fact]
    public void Read_MutatedCatalog_NeverThrowsAndHasASnapshotOrErrors()
    {
        var mutations = Gen.Choose(0, 10_000).Two().Zip(Gen.Elements(Pieces)).ListOf();
        var catalogs = Gen.Elements(Seeds).Zip(mutations).Select(pair => Mutate(pair.Item1, pair.Item2));

        Prop.ForAll(Arb.From(catalogs), HoldsItsPromise).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void Read_ValueReplaced_NeverThrowsAndHasASnapshotOrErrors()
    {
        var valid = Gen.Elements(Seeds);
        var replaced = valid.Zip(Gen.Choose(0, 10_000).Zip(Gen.Elements(Pieces))).Select(pair => ReplaceValue(pair.Item1, pair.Item2.Item1, pair.Item2.Item2));

        Prop.ForAll(Arb.From(replaced), HoldsItsPromise).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void Read_ArbitraryBytes_NeverThrows() =>
        Prop.ForAll<byte[]>(bytes => CatalogReader.Read(bytes, 1).Errors.Count > 0).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static bool HoldsItsPromise(string json)
    {
        var result = CatalogSamples.Read(json, CatalogSamples.Secrets());
        return (result.Snapshot is null) == (result.Errors.Count > 0)
            && CatalogReport.Format(result).Split('\n').Length == result.Errors.Count + result.Warnings.Count + 1;
    }

    private static string Mutate(string text, IEnumerable<((int At, int Length) Place, string Piece)> mutations)
    {
        foreach (var ((at, length), piece) in mutations)
        {
            var start = at % (text.Length + 1);
            text = string.Concat(text.AsSpan(0, start), piece, text.AsSpan(Math.Min(text.Length, start + (length % 12))));
        }

        return text;
    }

    /// <summary>Puts another value behind one of the colons, so that the syntax mostly holds and the readers are reached.</summary>
    private static string ReplaceValue(string text, int which, string piece)
    {
        var colons = Enumerable.Range(0, text.Length).Where(i => text[i] == ':' && i + 1 < text.Length && text[i + 1] == ' ').ToList();
        var start = colons[which % colons.Count] + 1;
        var end = text.IndexOfAny([',', '}', ']', '\n'], start);
        return string.Concat(text.AsSpan(0, start), piece, text.AsSpan(end));
    }
}
