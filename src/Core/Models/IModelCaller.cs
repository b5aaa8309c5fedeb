namespace Ensemble.Models;

/// <summary>Asks one model, with its gate, its attempts and its limits.</summary>
public interface IModelCaller
{
    /// <summary>Every failure is a result; nothing is thrown, not even where <paramref name="cancellationToken"/> is cancelled.</summary>
    Task<ModelCallResult> CallAsync(ModelCall call, CancellationToken cancellationToken);
}
