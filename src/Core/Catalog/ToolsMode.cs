namespace Ensemble.Catalog;

public enum ToolsMode
{
    /// <summary>A request with tools is refused.</summary>
    Reject,

    /// <summary>Members may call tools; the calls that most weight stands behind are the answer.</summary>
    Vote,
}
