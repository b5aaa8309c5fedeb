using System.Text;
using Ensemble.Catalog.Secrets;

namespace Ensemble.Reports;

/// <summary>Comments may quote answers: they are stored only with captured content, and only encrypted.</summary>
/// <param name="sealer">Null = none are kept.</param>
public sealed class SealedComments(SecretSealer? sealer)
{
    /// <summary>Whether comments are kept.</summary>
    public bool AreKept => sealer is not null;

    /// <returns>Empty where comments are not kept, or there is none.</returns>
    public ReadOnlyMemory<byte> Seal(RunId run, string? comment) =>
        sealer is null || string.IsNullOrEmpty(comment)
            ? ReadOnlyMemory<byte>.Empty
            : sealer.Seal(Encoding.UTF8.GetBytes(comment), Audience(run));

    /// <returns>Null where there is none, or another key sealed it.</returns>
    public string? Open(RunId run, ReadOnlyMemory<byte> stored) =>
        sealer is not null && !stored.IsEmpty && sealer.TryOpen(stored.ToArray(), Audience(run), out var comment)
            ? Encoding.UTF8.GetString(comment)
            : null;

    private static string Audience(RunId run) => $"run-feedback:{run.Value}";
}
