using Ensemble.Gates;

namespace Ensemble.Models;

/// <summary>Asks one model, with its gate, its attempts and its limits.</summary>
public interface IModelCaller
{
    /// <summary>Asks the model's gate for a call's first attempt, so that several can be asked for before any of them is made.</summary>
    /// <param name="holder">Whose call it is, should nobody ever release it.</param>
    /// <returns>
    /// For <see cref="CallAsync"/>, or for <see cref="ReturnAsync"/>; null where the gate is out of reach, which the call itself finds out.
    /// </returns>
    ValueTask<GateAdmission?> AdmitAsync(ModelCall call, GateHolder holder, CancellationToken cancellationToken);

    /// <summary>Gives back an admission of which no use is made.</summary>
    ValueTask ReturnAsync(GateAdmission admission);

    /// <summary>Every failure is a result; nothing is thrown, not even where <paramref name="cancellationToken"/> is cancelled.</summary>
    /// <param name="admission">For the first attempt; null = it asks the gate itself.</param>
    Task<ModelCallResult> CallAsync(ModelCall call, GateHolder holder, GateAdmission? admission, CancellationToken cancellationToken);

    /// <returns>Why the model's gate would refuse a call for so many tokens now; null = it would not, or cannot be asked.</returns>
    ValueTask<GateRefusal?> RefusalAsync(string model, long tokens, CancellationToken cancellationToken);
}
