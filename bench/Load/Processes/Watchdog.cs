using System.Diagnostics;

namespace Ensemble.Load.Processes;

/// <summary>
/// A shell that outlives this process when it is killed, and then ends what it has started. It learns of its end by the pipe between them.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    private const string Script = """
        exec >/dev/null 2>&1
        trap '' INT TERM HUP
        while read -r what it; do
          case $what in
            process) processes="$processes $it" ;;
            folder) folders="$folders $it" ;;
            end) exit 0 ;;
          esac
        done
        for process in $processes; do kill -KILL "$process"; done
        for folder in $folders; do
          read -r server <"$folder/data/postmaster.pid" && kill -QUIT "$server" && sleep 1
          rm -rf "$folder"
        done
        """;

    private readonly Process _shell;

    public Watchdog()
    {
        // A session of its own: a signal to the whole group of this process does not reach it.
        var start = new ProcessStartInfo("setsid", ["/bin/sh", "-c", Script])
        {
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        _shell = Process.Start(start)!;
    }

    public void Watch(int process) => Tell($"process {process}");

    /// <summary>A folder to be deleted, and the database server in it, if there is one, to be stopped.</summary>
    public void Watch(string folder) => Tell($"folder {folder}");

    public void Dispose()
    {
        Tell("end");
        _shell.WaitForExit();
        _shell.Dispose();
    }

    private void Tell(string line)
    {
        _shell.StandardInput.WriteLine(line);
        _shell.StandardInput.Flush();
    }
}
