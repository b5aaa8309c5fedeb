namespace Ensemble.Catalog;

/// <summary>What an ensemble does with the tools of a request.</summary>
public enum ToolsMode
{
    /// <summary>A request with tools is refused.</summary>
    Reject,

    /// <summary>Members may call tools; the calls with the largest weight are the answer.</summary>
    Vote,

    /// <summary>Members say what they would do; the model that writes the answer sees that, and alone may call tools.</summary>
    Advise,
}

/// <summary>How often the panel is asked for advice while a conversation calls tools.</summary>
public enum AdviceFrequency
{
    /// <summary>For each request.</summary>
    EveryRequest,

    /// <summary>Once for each user message: requests that continue with results of tools use the same advice again.</summary>
    OncePerUserTurn,
}
