using System.Net.Sockets;
using System.Text;

namespace Ensemble.Load.Metering;

/// <summary>
/// Inside a node: tells whoever connects to a Unix socket what Orleans has counted since then, each time that a byte is sent. While nobody is
/// connected nothing is counted, and it costs nothing.
/// </summary>
internal static class MeterEndpoint
{
    /// <summary>Of the environment: the socket's path.</summary>
    public const string Variable = "BENCH_METER";

    /// <summary>The line after the last one of a reply.</summary>
    public const string End = ".";

    public static void Open(string path)
    {
        // A node that ran before with the same path has left its socket.
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        new Thread(() => Serve(socket)) { IsBackground = true, Name = "meter" }.Start();
    }

    private static void Serve(Socket socket)
    {
        var asked = new byte[1];
        while (true)
        {
            using var reader = socket.Accept();
            using var counter = new OrleansCounter();
            try
            {
                while (reader.Receive(asked) > 0)
                {
                    reader.Send(Encoding.UTF8.GetBytes($"{counter.Describe()}{End}\n"));
                }
            }
            catch (SocketException)
            {
                // Whoever asked has gone.
            }
        }
    }
}
