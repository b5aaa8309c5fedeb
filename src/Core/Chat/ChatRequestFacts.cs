namespace Ensemble.Chat;

/// <summary>The few values of a request that the gateway itself acts on.</summary>
internal readonly record struct ChatRequestFacts(string Model, bool Stream, bool IncludeUsage, int N, long? MaxTokens);
