namespace Ensemble.Testing;

/// <summary>Leaves the handler of a request whose answer has begun: the server then closes it without its end.</summary>
internal sealed class StubDropException : Exception;
