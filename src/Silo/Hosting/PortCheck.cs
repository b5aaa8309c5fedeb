using System.Net.Sockets;
using Ensemble.Frontend.Options;
using Ensemble.Silo.Options;

namespace Ensemble.Silo.Hosting;

/// <summary>
/// Ends the start of a silo whose ports are another process's. Orleans opens them so that several processes may: each would then get some
/// of the other's connections.
/// </summary>
internal sealed class PortCheck(NodeOptions options) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Check("Cluster:SiloPort", options.SiloPort);
        Check("Cluster:GatewayPort", options.GatewayPort);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Check(string option, int port)
    {
        if (port == 0)
        {
            return;
        }

        try
        {
            using var listener = new TcpListener(options.AdvertisedAddress, port);
            listener.Start();
        }
        catch (SocketException exception)
        {
            throw new StartupException(
                $"option {option}: cannot listen on {options.AdvertisedAddress} port {port}: {exception.Message}. Choose another one.");
        }
    }
}
