using System.Net;

namespace Ensemble.Evaluation;

/// <summary>What an evaluation is asked to do.</summary>
public sealed record EvaluationOptions
{
    /// <summary>The catalog file with the models and ensembles.</summary>
    public required string Catalog { get; init; }

    /// <summary>The questions, as JSON lines.</summary>
    public required string Data { get; init; }

    /// <summary>Aliases of ensembles; empty = all of the catalog.</summary>
    public IReadOnlyList<string> Ensembles { get; init; } = [];

    /// <summary>Names of strategies, each of which is tried with each ensemble; empty = each ensemble's own.</summary>
    public IReadOnlyList<string> Strategies { get; init; } = [];

    /// <summary>Aliases of direct models, and <c>self:MODEL:K</c>, to compare with beside the members. Default none.</summary>
    public IReadOnlyList<string> Baselines { get; init; } = [];

    /// <summary><c>auto</c>, <c>exact</c>, <c>contains</c>, <c>regex</c>, <c>number</c>, <c>choice</c> or <c>judge:MODEL</c>.</summary>
    public string Grader { get; init; } = "auto";

    /// <summary>A file that answers are appended to, and taken from; null = they are not kept.</summary>
    public string? Record { get; init; }

    /// <summary>Asks again for what the recording says failed.</summary>
    public bool RetryFailed { get; init; }

    /// <summary>US dollars that all answers of the recording and of this evaluation may cost; null = any sum.</summary>
    public decimal? MaxCostUsd { get; init; }

    /// <summary>The longest answer that models are asked for, in tokens; null = as long as they like.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Calls in flight at most. Default 8.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>For the sample, the halves of the cross-fit, the bootstrap and the judges' labels. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Questions that are drawn from the data; null = all.</summary>
    public int? Sample { get; init; }

    /// <summary>Where the reports go: with <c>.md</c>, <c>.json</c> and <c>.html</c> after it. Default <c>report</c>.</summary>
    public string Out { get; init; } = "report";

    /// <summary>Says what it would cost, and asks no model.</summary>
    public bool DryRun { get; init; }

    /// <summary>Private networks whose addresses may be called as providers. Default none.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>Whether the proxy of the environment is used.</summary>
    public bool UseProxy { get; init; }
}
