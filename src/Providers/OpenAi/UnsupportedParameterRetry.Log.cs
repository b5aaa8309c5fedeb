using Microsoft.Extensions.Logging;

namespace Ensemble.Providers.OpenAi;

internal sealed partial class UnsupportedParameterRetry
{
    [LoggerMessage(
        1, LogLevel.Information,
        "Model {Model}: the provider refuses the parameter '{Parameter}'. It is left out, or renamed, from now on.")]
    private partial void LogLearned(string model, string parameter);

    [LoggerMessage(2, LogLevel.Warning, "Model {Model}: the provider refused its key with status {Status}.")]
    private partial void LogKeyRefused(string model, int? status);

    [LoggerMessage(3, LogLevel.Warning, "Model {Model}: its key {Reference} is missing or cannot be sent.")]
    private partial void LogKeyMissing(string model, string reference);

    [LoggerMessage(4, LogLevel.Warning, "Model {Model}: no call is made. {Reason}")]
    private partial void LogAddressRefused(string model, string reason);
}
