using System.Security.Cryptography;
using System.Text;
using Ensemble.Catalog.Reading;
using Microsoft.Extensions.Logging;

namespace Ensemble.Catalog;

/// <summary>
/// Serves a file, and looks at it again and again. What counts is its content, neither its time nor its inode, so that a mounted
/// ConfigMap, whose path is a chain of symbolic links, works. A bad or vanished file leaves the last good catalog in place.
/// </summary>
public sealed partial class FileCatalog : ICatalog, IDisposable
{
    private readonly string _path;
    private readonly SecretResolver _secrets;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private int _polling;
    private volatile Served _served;
    private volatile string? _problem;
    private string? _lastRefused;

    private FileCatalog(string path, SecretResolver secrets, TimeProvider time, ILogger logger, FileCatalogOptions options)
    {
        _path = Path.GetFullPath(path);
        _secrets = secrets;
        _logger = logger;
        _served = Load();
        Report(_served);
        _timer = time.CreateTimer(static state => ((FileCatalog)state!).Poll(), this, options.PollInterval, options.PollInterval);
    }

    public CatalogSnapshot Current => _served.Snapshot;

    /// <summary>Doubts about <see cref="Current"/>.</summary>
    public IReadOnlyList<CatalogIssue> Warnings => _served.Warnings;

    public string? Problem => _problem;

    public event Action<CatalogSnapshot>? Changed;

    /// <exception cref="CatalogException">The file cannot be read, or is no valid catalog; the message says all that is wrong.</exception>
    public static FileCatalog Open(
        string path,
        SecretResolver secrets,
        TimeProvider time,
        ILogger<FileCatalog> logger,
        FileCatalogOptions? options = null) => new(path, secrets, time, logger, options ?? FileCatalogOptions.Default);

    public void Dispose() => _timer.Dispose();

    private Served Load()
    {
        byte[] content;
        try
        {
            content = ReadFile();
        }
        catch (Exception exception) when (IsFileProblem(exception))
        {
            throw new CatalogException($"{_path} cannot be read: {exception.Message}", exception);
        }

        var result = CatalogReader.Read(content, revision: 1, _secrets);
        return result.Snapshot is { } snapshot
            ? new Served(snapshot, result.Warnings, result.KeyReferences, Hash(content, result.KeyReferences))
            : throw new CatalogException(_path, result.Errors, result.Warnings);
    }

    /// <summary>A timer does not wait for its callback: a slow disk must not make two polls race for the next revision.</summary>
    private void Poll()
    {
        if (Interlocked.Exchange(ref _polling, 1) == 1)
        {
            return;
        }

        try
        {
            Look(ReadFile());
        }
        catch (Exception exception) when (IsFileProblem(exception))
        {
            Refuse($"unreadable: {exception.GetType()}", "the file cannot be read", $"It cannot be read: {exception.Message}");
        }
        finally
        {
            Volatile.Write(ref _polling, 0);
        }
    }

    private void Look(byte[] content)
    {
        var served = _served;
        if (Hash(content, served.KeyReferences) == served.Hash)
        {
            if (_problem is not null)
            {
                Accept();
                LogRecovered(_logger, _path, served.Snapshot.Revision);
            }

            return;
        }

        var result = CatalogReader.Read(content, served.Snapshot.Revision + 1, _secrets);
        var hash = Hash(content, result.KeyReferences);
        if (result.Snapshot is not { } snapshot)
        {
            var errors = result.Errors.Count == 1 ? "1 error" : $"{result.Errors.Count} errors";
            Refuse(hash, $"{errors}, the first is {result.Errors[0]}", CatalogReport.Format(result));
            return;
        }

        _served = new Served(snapshot, result.Warnings, result.KeyReferences, hash);
        Accept();
        Report(_served);
        Raise(snapshot);
    }

    private void Accept() => _problem = _lastRefused = null;

    private void Refuse(string distinct, string problem, string report)
    {
        _problem = $"The newest {Path.GetFileName(_path)} is not served: {problem}";
        if (_lastRefused != distinct)
        {
            _lastRefused = distinct;
            LogRefused(_logger, _path, _served.Snapshot.Revision, report);
        }
    }

    private void Report(Served served)
    {
        var snapshot = served.Snapshot;
        LogServed(_logger, _path, snapshot.Revision, snapshot.Models.Count, snapshot.Ensembles.Count, snapshot.Keys.Count);
        if (served.Warnings.Count > 0)
        {
            LogWarnings(_logger, _path, CatalogReport.Format([], served.Warnings));
        }
    }

    private void Raise(CatalogSnapshot snapshot)
    {
        foreach (var listener in Delegate.EnumerateInvocationList(Changed))
        {
            try
            {
                listener(snapshot);
            }
            catch (Exception exception)
            {
                LogListenerFailed(_logger, exception, snapshot.Revision);
            }
        }
    }

    private byte[] ReadFile()
    {
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        var buffer = new byte[16 * 1024];

        // One byte over the limit is enough for the reader to refuse it.
        while (content.Length <= JsonText.MaxBytes && file.Read(buffer) is > 0 and var read)
        {
            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }

    /// <summary>Over the content, and the secrets that callers' keys come from: a rotated key is a changed catalog.</summary>
    private string Hash(byte[] content, IReadOnlyList<SecretReference> keyReferences)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(content);
        foreach (var reference in keyReferences)
        {
            var found = _secrets.TryResolve(reference, out var secret, out _);
            hash.AppendData(found ? SHA256.HashData(Encoding.UTF8.GetBytes(secret!)) : [0]);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static bool IsFileProblem(Exception exception) => exception is IOException or UnauthorizedAccessException or NotSupportedException;

    private sealed record Served(
        CatalogSnapshot Snapshot,
        IReadOnlyList<CatalogIssue> Warnings,
        IReadOnlyList<SecretReference> KeyReferences,
        string Hash);
}
