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
        catch (Exception exception) when (exception is StartupException or CatalogException or StorageException)
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
        // The listener opens last. Found out here, nothing has begun that would have to end: a silo warns of each step of such an end.
        if (ListenAddresses.FindPortInUse(app.Configuration) is { } taken)
        {
            throw CannotListen(app, $"The address {taken} is in use.");
        }

        try
        {
            await app.StartAsync();
        }
        catch (Exception exception)
            when (exception is IOException or SocketException or AddressInUseException
            or FormatException or ArgumentException or InvalidOperationException)
        {
            // What began before the listener has to end in order, as a member of a cluster that leaves it.
            await app.StopAsync();
            throw CannotListen(app, exception.Message);
        }
    }

    private static StartupException CannotListen(WebApplication app, string reason) =>
        new($"Cannot listen on '{app.Configuration["urls"]}': {reason} Choose another address with --urls http://HOST:PORT.");
}
