namespace Ensemble.Load;

/// <summary>Something that makes the measurement worthless; the message is for the person who started it.</summary>
internal sealed class LoadException(string message) : Exception(message);
