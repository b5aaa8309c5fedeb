namespace Ensemble.Frontend.Hosting;

/// <summary>Why the process cannot start, in words for the one who started it.</summary>
internal sealed class StartupException(string message) : Exception(message);
