using System.Text.Json;

namespace Ensemble.Usage;

/// <summary>Manifests as accounts keep them: without what answers say, and not of any length.</summary>
public static class StoredManifest
{
    /// <summary>Of a longer one lists are left out: 256 KiB.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Steps whose reasons quote answers where content is captured.</summary>
    private static readonly string[] Quoting = ["analysis", "audit"];

    /// <summary>As it waits and is stored: written and compressed once.</summary>
    public static byte[] Pack(RunManifest manifest) => PackedJson.Pack(Write(manifest));

    /// <param name="stored">What <see cref="Pack"/> made, or JSON as earlier versions stored it.</param>
    /// <exception cref="JsonException">It is no manifest.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static RunManifest Read(ReadOnlyMemory<byte> stored) => RunManifestJson.Read(PackedJson.Unpack(stored).Span);

    /// <summary>As JSON.</summary>
    public static byte[] Write(RunManifest manifest)
    {
        var kept = manifest.HoldsContent ? WithoutContent(manifest) : manifest;
        var json = RunManifestJson.Write(kept);
        if (json.Length > MaxBytes)
        {
            kept = kept with { Candidates = [], Decisions = [], Omitted = ["candidates", "decisions"] };
            json = RunManifestJson.Write(kept);
        }

        return json.Length <= MaxBytes
            ? json
            : RunManifestJson.Write(kept with { SubCalls = [], Omitted = [.. kept.Omitted, "sub_calls"] });
    }

    private static RunManifest WithoutContent(RunManifest manifest) => manifest with
    {
        Candidates = [.. manifest.Candidates.Select(static candidate => candidate with { Answer = null })],
        Decisions = [.. manifest.Decisions.Select(static decision => Quotes(decision) ? decision with { Reason = null } : decision)],
        HoldsContent = false,
    };

    private static bool Quotes(DecisionManifest decision) =>
        (Quoting.Contains(decision.Step) && decision.Verdict != "failed")
        || decision.Reason?.All(static c => char.IsAsciiLetterLower(c) || c == '_') == false;
}
