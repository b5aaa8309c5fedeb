namespace Ensemble.Catalog;

/// <summary>What an ensemble does with the tools of a request.</summary>
public enum ToolsMode
{
    /// <summary>A request with tools is refused.</summary>
    Reject,

    /// <summary>Members may call tools; the calls that most weight stands behind are the answer.</summary>
    Vote,

    /// <summary>Members say what they would do; the model that writes the answer sees that, and alone may call tools.</summary>
    Advise,
}

/// <summary>How often the panel is asked for advice while a conversation calls tools.</summary>
public enum AdviceFrequency
{
    /// <summary>For each request.</summary>
    EveryRequest,

    /// <summary>Not for a request that ends with a tool's result: the advice of its turn is used again.</summary>
    OncePerUserTurn,
}
