using Microsoft.Extensions.Logging;

namespace Ensemble.Telemetry;

/// <summary>What log lines have in common that count as the same: each kind has a limit of its own.</summary>
/// <param name="Category">The logger that writes them.</param>
/// <param name="Level">How serious they are.</param>
/// <param name="Event">Name, or number, of the event.</param>
/// <param name="Subject">The model or ensemble that they are about; null = none.</param>
/// <param name="Exception">The type of the exception that they show; null = none.</param>
public readonly record struct LogKind(string Category, LogLevel Level, string Event, string? Subject = null, string? Exception = null);
