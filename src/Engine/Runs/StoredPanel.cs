using System.Text.Json;
using System.Text.Json.Serialization;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Models;
using Ensemble.Upstreams;

namespace Ensemble.Runs;

/// <summary>A run's request, the result of each call to its panel, and with captured content its other calls and its answer.</summary>
public sealed class StoredPanel
{
    internal static readonly StoredPanel TooLarge = new() { IsTooLarge = true };

    /// <summary>The caller's request, as its bytes came.</summary>
    public ReadOnlyMemory<byte> Request { get; init; }

    /// <summary>Whether the rest was more than is kept of a run, so that nothing of it is here.</summary>
    public bool IsTooLarge { get; init; }

    /// <summary>The members, by their models' aliases and numbers of samples.</summary>
    [JsonInclude]
    internal IReadOnlyList<Member> Members { get; init; } = [];

    /// <summary>Of those that were asked.</summary>
    [JsonInclude]
    internal IReadOnlyList<StoredPanelAnswer> Answers { get; init; } = [];

    /// <summary>Whether a member of the panel was called.</summary>
    [JsonIgnore]
    public bool HasAnswers => Answers.Count > 0;

    /// <summary>The rest of the run's content, for display; null if content is not captured, or was too large.</summary>
    [JsonInclude]
    internal StoredContent? Content { get; init; }

    /// <summary>About how many bytes it takes.</summary>
    [JsonIgnore]
    internal long Size => Request.Length + Answers.Sum(static answer => answer.Size) + (Content?.Size ?? 0);

    internal static StoredPanel Of(
        ChatRequest chat, EnsembleConfig ensemble, IReadOnlyList<StoredPanelAnswer> answers, StoredContent? content) => new()
        {
            Request = chat.Body,
            Members = MembersOf(ensemble),
            Answers = answers,
            Content = content,
        };

    /// <summary>The same without its content.</summary>
    internal StoredPanel WithoutContent() => new() { Request = Request, Members = Members, Answers = Answers };

    internal byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, StoredPanelContext.Default.StoredPanel);

    /// <returns>Null where it is none.</returns>
    internal static StoredPanel? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, StoredPanelContext.Default.StoredPanel);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether the ensemble's panel is still the one that answered.</summary>
    internal bool Matches(EnsembleConfig ensemble, ChatRequest chat, CatalogSnapshot catalog)
    {
        var slots = PanelSlot.Of(ensemble, chat, catalog);
        return MembersOf(ensemble).SequenceEqual(Members)
            && Answers.All(answer => Array.Exists(slots, slot => slot.Key == answer.Key && slot.Answers == answer.Answers));
    }

    /// <summary>Makes a run know what the panel said. Members that were not asked, or not waited for, are not asked now either.</summary>
    internal void Seed(SubCallCache memory, EnsembleConfig ensemble, ChatRequest chat, CatalogSnapshot catalog, DateTimeOffset now)
    {
        foreach (var answer in Answers)
        {
            memory.Restore(answer.Key, answer.Payload.Result);
        }

        foreach (var slot in PanelSlot.Of(ensemble, chat, catalog))
        {
            memory.Restore(
                slot.Key, new ModelCallResult { Outcome = CallOutcome.Cancelled, Attempts = 0, StartedAt = now, Total = TimeSpan.Zero });
        }
    }

    private static IReadOnlyList<Member> MembersOf(EnsembleConfig ensemble) =>
        [.. ensemble.Panel.Select(member => new Member(member.Model, member.Samples))];

    internal sealed record Member(string Model, int Samples);
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredPanel))]
internal sealed partial class StoredPanelContext : JsonSerializerContext;
