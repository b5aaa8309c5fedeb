using Ensemble.Telemetry;
using Microsoft.Extensions.Logging;

namespace Ensemble.Providers.OpenAi;

internal sealed partial class UnsupportedParameterRetry
{
    [LoggerMessage(
        EventId = EventIds.ParameterRefused, EventName = nameof(EventIds.ParameterRefused), Level = LogLevel.Information,
        Message = "Model {Model}: the provider refuses the parameter '{Parameter}'. It is left out, or renamed, from now on.")]
    private partial void LogLearned(string model, string parameter);

    [LoggerMessage(
        EventId = EventIds.ProviderKeyRefused, EventName = nameof(EventIds.ProviderKeyRefused), Level = LogLevel.Warning,
        Message = "Model {Model}: the provider refused its key with status {Status}. Replace the key.")]
    private partial void LogKeyRefused(string model, int? status);

    [LoggerMessage(
        EventId = EventIds.ProviderKeyMissing, EventName = nameof(EventIds.ProviderKeyMissing), Level = LogLevel.Warning,
        Message = "Model {Model}: its key {Reference} is missing or cannot be sent. Provide the key, or correct api_key.")]
    private partial void LogKeyMissing(string model, string reference);

    [LoggerMessage(
        EventId = EventIds.AddressRefused, EventName = nameof(EventIds.AddressRefused), Level = LogLevel.Warning,
        Message = "Model {Model}: no call is made. {Reason}")]
    private partial void LogAddressRefused(string model, string reason);
}
