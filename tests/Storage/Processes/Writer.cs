using System.Diagnostics;
using System.Globalization;
using Ensemble.Storage.Tests.Support;

namespace Ensemble.Storage.Tests.Processes;

/// <summary>Starts the program that writes to a catalog.</summary>
internal static class Writer
{
    public static Process Start(TestDatabase database, int writes)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Ensemble.Storage.Writer.dll"));
        start.ArgumentList.Add(database.Options.Provider.ToString());
        start.ArgumentList.Add(writes.ToString(CultureInfo.InvariantCulture));
        start.Environment["WRITER_CONNECTION"] = database.Options.ConnectionString;
        return Process.Start(start)!;
    }
}
