using System.Net.Sockets;
using Ensemble.Catalog;
using Ensemble.Storage;
using Microsoft.AspNetCore.Connections;

namespace Ensemble.Frontend.Hosting;

/// <summary>Runs the frontend until it is told to stop. What prevents a start is one message, not a stack trace.</summary>
internal static class FrontendProcess
{
    /// <param name="build">Puts together what runs.</param>
    /// <param name="errors">Where the reason of a start that failed is written.</param>
    /// <param name="started">Called once it listens; null = nothing is to be done then.</param>
    /// <returns>The exit code: 0 after a stop, 1 where it could not start.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> build, TextWriter errors, Action<WebApplication>? started = null)
    {
        try
        {
            var app = build();
            await using (app)
            {
                await RunAsync(app, started);
            }

            return 0;
        }
        catch (Exception exception) when (exception is StartException or CatalogException or StorageException)
        {
            await errors.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    private static async Task RunAsync(WebApplication app, Action<WebApplication>? started)
    {
        try
        {
            await StartAsync(app);
            started?.Invoke(app);
            await app.WaitForShutdownAsync();
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Told to stop before it had started.
        }
    }

    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception)
            when (exception is IOException or SocketException or AddressInUseException
            or FormatException or ArgumentException or InvalidOperationException)
        {
            // The listener opens last: what began before it has to end in order, as a member of a cluster that leaves it.
            await app.StopAsync();
            var addresses = app.Configuration["urls"];
            throw new StartException(
                $"Cannot listen on '{addresses}': {exception.Message} Choose another address with --urls http://HOST:PORT.");
        }
    }
}
