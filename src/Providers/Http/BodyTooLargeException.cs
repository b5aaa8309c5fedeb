namespace Ensemble.Providers.Http;

/// <summary>A provider sent more than an answer may hold.</summary>
internal sealed class BodyTooLargeException(long limit) : IOException($"The provider's answer is larger than {limit:N0} bytes.");
