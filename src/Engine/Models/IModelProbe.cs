using Ensemble.Catalog;
using Ensemble.Upstreams;

namespace Ensemble.Models;

/// <summary>Makes one cheap call to each of some models, from where their calls are made.</summary>
public interface IModelProbe
{
    /// <param name="catalog">The direct models, as a store keeps them: references to secrets, and sealed ones.</param>
    /// <returns>A report for each, sorted by alias.</returns>
    /// <exception cref="CatalogException">The catalog has errors.</exception>
    Task<IReadOnlyList<ProbeReport>> ProbeAsync(ReadOnlyMemory<byte> catalog, CancellationToken cancellationToken);
}

/// <summary>What one cheap call told about a model.</summary>
public sealed record ProbeReport
{
    /// <summary>The alias.</summary>
    public required string Model { get; init; }

    public required CallOutcome Outcome { get; init; }

    /// <summary>Whether something answered at the address; null where that is not known.</summary>
    public bool? Reachable { get; init; }

    /// <summary>Whether the provider took the key; null where none is sent, or it did not come to that.</summary>
    public bool? KeyAccepted { get; init; }

    /// <summary>The beginning of what it said; of a vector, how long it is.</summary>
    public string? Answer { get; init; }

    /// <summary>
    /// Of the parameters that were tried, those that are not sent, since the provider is known, or was found, not to take them.
    /// </summary>
    public IReadOnlyList<string> DroppedParameters { get; init; } = [];

    /// <summary>Whether a stream of it, or a vector, comes with the tokens used.</summary>
    public bool ReportsUsage { get; init; }

    /// <summary>To the first content; null where none came.</summary>
    public TimeSpan? FirstToken { get; init; }

    public required TimeSpan Total { get; init; }

    /// <summary>The HTTP status of a failure; null where none came.</summary>
    public int? Status { get; init; }

    /// <summary>What went wrong, partly in the provider's words; without the key.</summary>
    public string? Error { get; init; }

    /// <summary>Whether the model can be asked: an answer that was cut, empty or refused tells so too.</summary>
    public bool Works =>
        Outcome is CallOutcome.Ok or CallOutcome.Blank or CallOutcome.BlankAtLength or CallOutcome.Refused or CallOutcome.Filtered;
}
