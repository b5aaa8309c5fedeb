using System.Globalization;

namespace Ensemble.Testing;

/// <summary>Finds the programs of a PostgreSQL server, and a user who may run them.</summary>
public static class PostgresPrograms
{
    private const string Debian = "/usr/lib/postgresql";

    /// <summary>The folder with initdb and pg_ctl; null where there is none.</summary>
    public static string? Folder { get; } = Folders().FirstOrDefault(folder => Exists(folder, "initdb") && Exists(folder, "pg_ctl"));

    /// <summary>Why tests that need a server are skipped; null where they are not.</summary>
    public static string? Missing { get; } = Folder is not null ? null : $"There is no PostgreSQL server, neither under {Debian} nor on the PATH: install it (Debian: apt-get install postgresql).";

    /// <summary>PostgreSQL refuses to be run by root: whom it runs as instead. Null where this process is not root's.</summary>
    public static string? User { get; } = Environment.UserName != "root" ? null
        : File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    /// <summary>The command line of a program, as the user who may run it.</summary>
    public static string[] Line(string program, params string[] arguments)
    {
        string[] line = [Path.Combine(Folder!, program), .. arguments];
        return User is null ? line : ["setpriv", $"--reuid={User}", $"--regid={Group(User)}", "--clear-groups", .. line];
    }

    /// <summary>SIGSTOP of a server and of all that it began: it takes connections, and answers nothing.</summary>
    /// <param name="data">Its folder.</param>
    /// <returns>Whom to resume.</returns>
    public static async Task<string[]> SuspendAsync(string data)
    {
        // First the one that begins others.
        var server = (await File.ReadAllLinesAsync(Path.Combine(data, "postmaster.pid"), CancellationToken.None))[0];
        await Command.RunAsync("/", "kill", "-STOP", server);
        string[] all = [server, .. (await File.ReadAllTextAsync($"/proc/{server}/task/{server}/children", CancellationToken.None)).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        await Command.RunAsync("/", ["kill", "-STOP", .. all]);
        return all;
    }

    /// <summary>SIGCONT.</summary>
    public static Task ResumeAsync(string[] suspended) =>
        suspended.Length == 0 ? Task.CompletedTask : Command.RunAsync("/", ["kill", "-CONT", .. suspended]);

    // A link that leads nowhere exists too.
    private static bool Exists(string folder, string program) =>
        new FileInfo(Path.Combine(folder, program)) is { Exists: true } file && (file.ResolveLinkTarget(returnFinalTarget: true)?.Exists ?? true);

    private static string Group(string user) =>
        File.ReadLines("/etc/passwd").First(line => line.StartsWith(user + ":", StringComparison.Ordinal)).Split(':')[3];

    private static IEnumerable<string> Folders()
    {
        var versions = Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [];
        return versions
            .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
    }
}
