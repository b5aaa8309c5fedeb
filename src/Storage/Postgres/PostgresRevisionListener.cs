using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Ensemble.Storage.Sql;
using Ensemble.Telemetry;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ensemble.Storage.Postgres;

/// <summary>
/// Listens for revisions that anybody writes, over a connection of its own each time somebody watches. What was written while it was
/// away is made up for: each time it begins to listen it tells the stored revision.
/// </summary>
internal sealed partial class PostgresRevisionListener(
    NpgsqlDataSource sessions, PostgresDatabase database, TimeProvider time, ILogger<PostgresRevisionListener> logger)
{
    public const string Channel = "ensemble_catalog";

    /// <summary>How long a connection is silent until it is asked whether it is still there, in seconds.</summary>
    private const int KeepAliveSeconds = 15;

    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(10);

    /// <summary>Connections that last: out of no pool, and asked from time to time whether they are alive.</summary>
    public static NpgsqlConnectionStringBuilder ForListening(NpgsqlConnectionStringBuilder connection) =>
        new(connection.ConnectionString) { Pooling = false, KeepAlive = KeepAliveSeconds };

    public async IAsyncEnumerable<long> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A slow reader gets the newest revision only.
        var heard = System.Threading.Channels.Channel.CreateBounded<long>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listening = ListenAlwaysAsync(heard.Writer, ending.Token);
        try
        {
            await foreach (var revision in heard.Reader.ReadAllAsync(cancellationToken))
            {
                yield return revision;
            }
        }
        finally
        {
            await ending.CancelAsync();
            await listening;
        }
    }

    private async Task ListenAlwaysAsync(ChannelWriter<long> heard, CancellationToken cancellationToken)
    {
        try
        {
            var pause = FirstRetryDelay;
            while (true)
            {
                try
                {
                    await ListenOnceAsync(heard, onListening: () => pause = Listening(pause), cancellationToken);
                }
                catch (Exception exception) when (database.Outage(exception) is { } outage && !cancellationToken.IsCancellationRequested)
                {
                    if (pause == FirstRetryDelay)
                    {
                        LogUnavailable(logger, outage);
                    }
                }

                await Task.Delay(pause, time, cancellationToken);
                pause = pause * 2 < MaxRetryDelay ? pause * 2 : MaxRetryDelay;
            }
        }
        catch (Exception exception)
        {
            // Cancelled, or a fault: the reader is told either way.
            heard.TryComplete(exception);
        }
    }

    private async Task ListenOnceAsync(ChannelWriter<long> heard, Action onListening, CancellationToken cancellationToken)
    {
        await database.OpenAsync(cancellationToken);
        var connection = await sessions.OpenConnectionAsync(cancellationToken);
        await using (connection)
        {
            connection.Notification += (_, notification) =>
            {
                if (long.TryParse(notification.Payload, NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
                {
                    heard.TryWrite(revision);
                }
            };
            var session = new SqlSession(connection, null, cancellationToken);
            await session.ExecuteAsync($"LISTEN {Channel}");
            heard.TryWrite((await session.QueryAsync("SELECT revision FROM catalog_revision", static row => row.GetInt64(0)))[0]);
            onListening();
            while (true)
            {
                await connection.WaitAsync(cancellationToken);
            }
        }
    }

    private TimeSpan Listening(TimeSpan pause)
    {
        if (pause > FirstRetryDelay)
        {
            LogRecovered(logger, database.Name);
        }

        return FirstRetryDelay;
    }

    [LoggerMessage(
        EventId = EventIds.CatalogUnheard, EventName = nameof(EventIds.CatalogUnheard), Level = LogLevel.Warning,
        Message = "{Problem} It is tried again; until it works, changes of the catalog by other processes are noticed late. Check the "
            + "database.")]
    private static partial void LogUnavailable(ILogger logger, string problem);

    [LoggerMessage(
        EventId = EventIds.CatalogHeard, EventName = nameof(EventIds.CatalogHeard), Level = LogLevel.Information,
        Message = "{Database}: changes of the catalog are announced again.")]
    private static partial void LogRecovered(ILogger logger, string database);
}
