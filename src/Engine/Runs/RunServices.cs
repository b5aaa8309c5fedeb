using Ensemble.Models;
using Ensemble.Usage;

namespace Ensemble.Runs;

/// <summary>What every run uses.</summary>
public sealed record RunServices(IModelCaller Models, IUsageSink Usage, TimeProvider Time)
{
    /// <summary>Whether manifests hold what candidates, audits and plans say. Default false.</summary>
    public bool CaptureContent { get; init; }

    /// <summary>Where requests and panel answers are kept for replays; null = nowhere.</summary>
    public StoredPanels? Panels { get; init; }

    /// <summary>Has room for requests and answers. Default: for any number.</summary>
    public ByteBudget Buffers { get; init; } = new();

    /// <summary>Vectors of texts, shared by all runs of this process.</summary>
    public EmbeddingCache Embeddings { get; init; } = new();

    /// <summary>Where advice is kept while a conversation calls tools. Default: in this process.</summary>
    public IAdviceStore Advice { get; init; } = new MemoryAdviceStore(Time);
}
