namespace Ensemble.Runs;

/// <summary>The part of the cluster that was asked gave no answer within the time that callers are kept waiting. It may pass.</summary>
public sealed class ClusterUnavailableException(string message, Exception? innerException) : Exception(message, innerException);
