using Ensemble.Models;

namespace Ensemble.Runs;

/// <summary>The calls of a run that are stored at its end. Thread-safe.</summary>
/// <param name="keepsPanel">Whether the panel's answers are stored.</param>
/// <param name="keepsOthers">Whether the other calls are stored, with their prompts.</param>
internal sealed class StoredCalls(bool keepsPanel, bool keepsOthers)
{
    private readonly Lock _lock = new();
    private readonly List<StoredPanelAnswer> _panel = [];
    private readonly List<StoredCall> _others = [];

    /// <summary>Whether calls outside the panel are stored.</summary>
    public bool KeepsOthers => keepsOthers;

    public IReadOnlyList<StoredPanelAnswer> Panel
    {
        get
        {
            lock (_lock)
            {
                return [.. _panel];
            }
        }
    }

    public IReadOnlyList<StoredCall> Others
    {
        get
        {
            lock (_lock)
            {
                return [.. _others];
            }
        }
    }

    public void Add(SubCall subCall, ModelCallResult result)
    {
        var isPanel = subCall is { Role: SubCallRole.Panel, Key.Step: SubCallStep.Candidate };
        if (!(isPanel ? keepsPanel : keepsOthers && subCall.Call.Inputs is null))
        {
            return;
        }

        lock (_lock)
        {
            if (isPanel)
            {
                _panel.Add(StoredPanelAnswer.Of(subCall, result));
            }
            else
            {
                _others.Add(StoredCall.Of(subCall, result));
            }
        }
    }
}
