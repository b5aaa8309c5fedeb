using System.Text;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Execution;

namespace Ensemble.Frontend.Admin;

/// <summary>What a request to an entry that is not written yet would lead to.</summary>
/// <param name="Strategy">As a manifest has it.</param>
internal sealed record DraftPlan(string Strategy, RunPlan Plan)
{
    /// <summary>A token by the rule of thumb that plans are reckoned with.</summary>
    private const string Token = "the ";

    /// <summary>What that rule adds for one message and the reply.</summary>
    private const int Surcharge = 7;

    /// <param name="catalog">With the draft in it.</param>
    /// <param name="promptTokens">Of the one message of the user, 8 at least.</param>
    /// <returns>Null where the entry is no model that chats.</returns>
    public static DraftPlan? Of(string alias, CatalogSnapshot catalog, int promptTokens)
    {
        var strategy = catalog.Ensembles.TryGetValue(alias, out var ensemble) ? SnakeCase.Of(ensemble.Strategy)
            : catalog.Models.TryGetValue(alias, out var model) && model.Kind == ModelKind.Chat ? "direct"
            : null;
        return strategy is null ? null : new DraftPlan(strategy, RunPlan.Of(Request(alias, promptTokens), catalog));
    }

    private static ChatRequest Request(string alias, int promptTokens)
    {
        var text = new StringBuilder().Insert(0, Token, Math.Max(1, promptTokens - Surcharge)).ToString();
        using var body = new MemoryStream(text.Length + 256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, alias);
            json.WriteStartArray("messages"u8);
            json.WriteStartObject();
            json.WriteString("role"u8, "user"u8);
            json.WriteString("content"u8, text);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return ChatRequestParser.Parse(body.GetBuffer().AsMemory(0, (int)body.Length), ChatLimits.Default);
    }
}
