namespace Ensemble.Runs;

/// <summary>Whether a sub-call gathers answers or decides between them.</summary>
public enum SubCallRole
{
    Panel,
    Judge,

    /// <summary>Decides, and its text is nobody's answer.</summary>
    Control,
}
