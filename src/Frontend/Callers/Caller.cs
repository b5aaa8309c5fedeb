using System.IO.Enumeration;
using Ensemble.Catalog;

namespace Ensemble.Frontend.Callers;

/// <summary>Who asks, and what that one may do.</summary>
/// <param name="key">Null = a caller on this machine, where no keys are configured; it may do everything.</param>
internal sealed class Caller(KeyConfig? key)
{
    /// <summary>Null = a caller without a key.</summary>
    public string? Name => key?.Name;

    /// <summary>Whether names of members, judges and providers may be shown.</summary>
    public bool ReadsManifests => key is null || key.ReadManifests;

    /// <summary>Whether errors tell providers' messages as they were, with the names in them.</summary>
    public bool SeesMessages => key is { ReadManifests: true };

    public RateLimitConfig? RateLimit => key?.RateLimit;

    /// <summary>In US dollars; null = any.</summary>
    public decimal? MonthlyBudgetUsd => key?.MonthlyBudgetUsd;

    public bool MayUse(string alias)
    {
        if (key is null)
        {
            return true;
        }

        foreach (var glob in key.AllowedModels)
        {
            if (FileSystemName.MatchesSimpleExpression(glob, alias, ignoreCase: false))
            {
                return true;
            }
        }

        return false;
    }
}
