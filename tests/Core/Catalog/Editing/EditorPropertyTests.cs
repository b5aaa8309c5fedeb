using System.Text;
using Ensemble.Catalog.Editing;

namespace Ensemble.Catalog.Tests.Editing;

public sealed class EditorPropertyTests
{
    private const string Secret = "sk-secret-0123456789-abc";

    private static readonly string[] Pieces =
    [
        "null", "true", "-1", "1e999", "\"\"", "\"\\ud800\"", "[]", "{}", "[{}]", "\"sealed\"", "\"sealed:v1:AAAA\"", "\"env:\"", "\"env:PATH\"", "{", "]", ",", "//\n",
        "\"display_name\":", "\"name\":", "\"key\":", "\"key_sha256\":", "\"api_key\":", "\"ensemble\":", "\"provider\":", "\"base_url\":", "\u0000", "ÿ",
        $"\"api_key\":\"{Secret}\",", $"\"key\":\"{Secret}\",",
    ];

    private static readonly string[] Seeds =
    [
        $$"""{"display_name":"m","provider":"openai","base_url":"https://api.example/v1","model":"x","api_key":"{{Secret}}"}""",
        """{"display_name":"e","ensemble":{"panel":[{"model":"sim-swift"}],"judge":{"model":"sim-judge"}}}""",
        $$"""{"name":"k","key":"{{Secret}}","allowed_models":["*"]}""",
        """{"name":"k"}""",
    ];

    [Fact]
    public async Task Create_MutatedEntry_NeverThrowsLeaksOrLeavesTheCatalogBroken()
    {
        // Always the same entries: a name that happened to become the secret would be shown, and rightly so.
        var random = new Random(20_261_122);
        await using var rig = await EditorRig.StartAsync(masterKey: 1);
        var outcomes = new HashSet<EditOutcome>();

        for (var round = 0; round < 1000; round++)
        {
            var entry = Mutate(Seeds[random.Next(Seeds.Length)], random);
            foreach (var kind in (CatalogEntryKind[])[CatalogEntryKind.Model, CatalogEntryKind.Key])
            {
                var result = await rig.CreateAsync(entry, kind);

                outcomes.Add(result.Outcome);
                string.Join('\n', [.. result.Errors, .. result.Warnings]).ShouldNotContain(Secret, Case.Sensitive, entry);
                if (result.Entry is { } view)
                {
                    Encoding.UTF8.GetString(view.Json.Span).ShouldNotContain(Secret, Case.Sensitive, entry);
                }

                if (result.Outcome == EditOutcome.Created)
                {
                    (await rig.StoredAsync()).ShouldNotContain(Secret, Case.Sensitive, entry);
                    (await rig.DeleteAsync(result.Entry!.Name, kind: kind)).Outcome.ShouldBe(EditOutcome.Deleted);
                }
            }
        }

        outcomes.ShouldBe([EditOutcome.Created, EditOutcome.Invalid], ignoreOrder: true);
        rig.Served.Problem.ShouldBeNull();
        rig.Served.Current.Models.Count.ShouldBe(4);
        (await rig.StoredAsync()).ShouldNotContain(Secret);
    }

    private static string Mutate(string entry, Random random)
    {
        for (var left = random.Next(4); left > 0; left--)
        {
            var at = random.Next(entry.Length + 1);
            entry = string.Concat(entry.AsSpan(0, at), Pieces[random.Next(Pieces.Length)], entry.AsSpan(Math.Min(entry.Length, at + random.Next(12))));
        }

        return entry;
    }
}
