using System.Net;
using System.Net.Sockets;
using Ensemble.Catalog;
using Ensemble.Frontend.Options;
using Ensemble.Storage;
using Microsoft.AspNetCore.Connections;

namespace Ensemble.Silo.Hosting;

/// <summary>Runs a node until it is told to stop. What prevents a start is one message, not a stack trace.</summary>
internal static class ServerProcess
{
    /// <param name="args">The options of the command line.</param>
    /// <param name="output">Where a person is told what can be done once it listens.</param>
    /// <param name="errors">Where the reason of a start that failed is written.</param>
    /// <returns>The exit code: 0 after a stop, 1 where it could not start.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        try
        {
            await using var app = NodeHost.Build(args);
            try
            {
                await StartAsync(app);
                StartupBanner.Write(app, output);
                await app.WaitForShutdownAsync();
            }
            catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // Told to stop before it had started.
            }

            return 0;
        }
        catch (Exception exception) when (exception is StartupException or CatalogException or StorageException)
        {
            await errors.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    private static async Task StartAsync(WebApplication app)
    {
        // The listener opens last. Found out here, nothing has begun that would have to end: a silo warns of each step of such an end.
        if (ListenAddresses.Of(app.Configuration).FirstOrDefault(IsPortInUse) is { } taken)
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

    private static bool IsPortInUse(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            if (address.IsUnixPipe || address.IsNamedPipe || address.Port == 0)
            {
                return false;
            }

            foreach (var listener in Listeners(address))
            {
                using (listener)
                {
                    listener.Start();
                }
            }

            return false;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.AddressAlreadyInUse;
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or ArgumentException)
        {
            // No address at all: the server says so when it tries.
            return false;
        }
    }

    // As the server reads a host: every name but localhost is "all addresses".
    private static IEnumerable<TcpListener> Listeners(BindingAddress address)
    {
        if (IPAddress.TryParse(address.Host, out var ip))
        {
            yield return new TcpListener(ip, address.Port);
        }
        else if (address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            yield return new TcpListener(IPAddress.Loopback, address.Port);
            yield return new TcpListener(IPAddress.IPv6Loopback, address.Port);
        }
        else
        {
            yield return TcpListener.Create(address.Port);
        }
    }
}
