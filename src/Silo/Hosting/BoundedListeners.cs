using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Ensemble.Silo.Hosting;

/// <summary>
/// Accepts no connection while as many as may be are open. Kestrel closes those over its limit only after it has accepted them: a burst
/// would take every descriptor of the process, and the runtime ends a process that gets none.
/// </summary>
internal sealed class BoundedListeners(
    IConnectionListenerFactory listeners, long limit) : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    /// <summary>Connections over Kestrel's limit that are open until Kestrel has closed them.</summary>
    public const int BeingRefused = 32;

    private readonly SemaphoreSlim _places = new((int)Math.Min(limit + BeingRefused, int.MaxValue));

    public bool CanBind(EndPoint endpoint) => listeners is not IConnectionListenerFactorySelector selector || selector.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await listeners.BindAsync(endpoint, cancellationToken), _places);

    public void Dispose() => _places.Dispose();

    private sealed class Listener(IConnectionListener listener, SemaphoreSlim places) : IConnectionListener
    {
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => listener.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                await places.WaitAsync(_unbound.Token);
            }
            catch (OperationCanceledException)
            {
                // Unbound; null ends the server's accept loop.
                return null;
            }

            ConnectionContext? connection = null;
            try
            {
                connection = await listener.AcceptAsync(cancellationToken);
            }
            finally
            {
                if (connection is null)
                {
                    places.Release();
                }
            }

            return connection is null ? null : new Connection(connection, places);
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbound.CancelAsync();
            await listener.UnbindAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await listener.DisposeAsync();
            _unbound.Dispose();
        }
    }

    /// <summary>Gives its place back once its descriptor is closed.</summary>
    private sealed class Connection(ConnectionContext connection, SemaphoreSlim places) : ConnectionContext
    {
        private int _isClosed;

        public override string ConnectionId { get => connection.ConnectionId; set => connection.ConnectionId = value; }

        public override IFeatureCollection Features => connection.Features;

        public override IDictionary<object, object?> Items { get => connection.Items; set => connection.Items = value; }

        public override IDuplexPipe Transport { get => connection.Transport; set => connection.Transport = value; }

        public override CancellationToken ConnectionClosed { get => connection.ConnectionClosed; set => connection.ConnectionClosed = value; }

        public override EndPoint? LocalEndPoint { get => connection.LocalEndPoint; set => connection.LocalEndPoint = value; }

        public override EndPoint? RemoteEndPoint { get => connection.RemoteEndPoint; set => connection.RemoteEndPoint = value; }

        public override void Abort() => connection.Abort();

        public override void Abort(ConnectionAbortedException abortReason) => connection.Abort(abortReason);

        public override async ValueTask DisposeAsync()
        {
            try
            {
                await connection.DisposeAsync();
            }
            finally
            {
                if (Interlocked.Exchange(ref _isClosed, 1) == 0)
                {
                    places.Release();
                }

                await base.DisposeAsync();
            }
        }
    }
}
