using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Ensemble.Load.Processes;

/// <summary>
/// A network of its own on this machine, with nothing in it but a loopback: what runs there reaches only who listens there. It is gone with
/// the last process in it. Needs root.
/// </summary>
internal sealed partial class NetworkRoom : IAsyncDisposable
{
    private readonly Process _holder;

    private NetworkRoom(Process holder) => _holder = holder;

    /// <summary>What goes before a program's name, so that it runs in here.</summary>
    public IReadOnlyList<string> Prefix => ["nsenter", $"--net={Place}"];

    private string Place => $"/proc/{_holder.Id}/ns/net";

    public static async Task<NetworkRoom> OpenAsync(Watchdog watchdog, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("unshare", ["--net", "/bin/sh", "-c", "ip link set lo up && echo open && exec sleep infinity"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var room = new NetworkRoom(Process.Start(start)!);
        watchdog.Watch(room._holder.Id);
        if (await room._holder.StandardOutput.ReadLineAsync(cancel) == "open")
        {
            return room;
        }

        await room.DisposeAsync();
        throw new LoadException("No network namespace could be made: the cases of the link need root, and `unshare`, `nsenter` and `ip`.");
    }

    /// <returns>A socket that is in here, whoever uses it.</returns>
    public Socket CreateSocket()
    {
        var socket = default(Socket);
        var problem = default(string);

        // A thread moves alone, and does not come back.
        var thread = new Thread(() =>
        {
            using var place = File.OpenHandle(Place);
            if (SetNamespace(place.DangerousGetHandle().ToInt32(), 0) == 0)
            {
                socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            }
            else
            {
                problem = Marshal.GetLastPInvokeErrorMessage();
            }
        });
        thread.Start();
        thread.Join();
        return socket ?? throw new LoadException($"No socket could be made in the network namespace: {problem}.");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_holder.HasExited)
        {
            _holder.Kill();
            await _holder.WaitForExitAsync(CancellationToken.None);
        }

        _holder.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int place, int kind);
}
