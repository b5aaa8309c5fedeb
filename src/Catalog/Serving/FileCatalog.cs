using System.Security.Cryptography;
using System.Text;
using Ensemble.Catalog.Reading;
using Ensemble.Catalog.Secrets;
using Microsoft.Extensions.Logging;

namespace Ensemble.Catalog.Serving;

/// <summary>
/// Serves a file, and looks at it again and again. What counts is its content, neither its time nor its inode, so that a mounted
/// ConfigMap, whose path is a chain of symbolic links, works. A bad or vanished file leaves the last good catalog in place.
/// </summary>
public sealed class FileCatalog : ICatalog, IDisposable
{
    private readonly string _path;
    private readonly SecretResolver _secrets;
    private readonly ServedCatalog _served;
    private readonly ITimer _timer;
    private int _polling;
    private volatile Content _content;

    private FileCatalog(string path, SecretResolver secrets, TimeProvider time, ILogger logger, FileCatalogOptions options)
    {
        _path = Path.GetFullPath(path);
        _secrets = secrets;
        _served = new ServedCatalog(_path, Path.GetFileName(_path), logger);
        _content = Load();
        _timer = time.CreateTimer(static state => ((FileCatalog)state!).Poll(), this, options.PollInterval, options.PollInterval);
    }

    public event Action<CatalogSnapshot> Changed
    {
        add => _served.Changed += value;
        remove => _served.Changed -= value;
    }

    /// <summary>The file's absolute path.</summary>
    public string FilePath => _path;

    public CatalogSnapshot Current => _served.Current;

    /// <summary>Warnings about <see cref="Current"/>.</summary>
    public IReadOnlyList<CatalogIssue> Warnings => _served.Warnings;

    public string? Problem => _served.Problem;

    public long Refusals => _served.Refusals;

    /// <exception cref="CatalogException">The file cannot be read, or is no valid catalog; the message says all that is wrong.</exception>
    public static FileCatalog Open(
        string path,
        SecretResolver secrets,
        TimeProvider time,
        ILogger<FileCatalog> logger,
        FileCatalogOptions? options = null) => new(path, secrets, time, logger, options ?? FileCatalogOptions.Default);

    /// <returns>The entries that are served, each with the revision of the whole: a file does not say when an entry was written.</returns>
    public CatalogDocument ReadServed()
    {
        var content = _content;
        return new CatalogDocument(content.Revision, CatalogEntries.Split(content.Json, content.Revision));
    }

    public void Dispose() => _timer.Dispose();

    private Content Load()
    {
        byte[] json;
        try
        {
            json = ReadFile();
        }
        catch (Exception exception) when (IsFileProblem(exception))
        {
            throw new CatalogException($"{_path} cannot be read: {exception.Message}", exception);
        }

        var result = CatalogReader.Read(json, revision: 1, _secrets);
        return result.Snapshot is { } snapshot
            ? Serve(json, snapshot, result)
            : throw new CatalogException(_path, result.Errors, result.Warnings);
    }

    private Content Serve(byte[] json, CatalogSnapshot snapshot, CatalogReadResult result)
    {
        _content = new Content(json, snapshot.Revision, result.KeyReferences, Hash(json, result.KeyReferences));
        _served.Serve(snapshot, result.Warnings);
        return _content;
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
            Check(ReadFile());
        }
        catch (Exception exception) when (IsFileProblem(exception))
        {
            _served.Refuse($"unreadable: {exception.GetType()}", "the file cannot be read", $"It cannot be read: {exception.Message}");
        }
        finally
        {
            Volatile.Write(ref _polling, 0);
        }
    }

    private void Check(byte[] json)
    {
        var content = _content;
        if (Hash(json, content.KeyReferences) == content.Hash)
        {
            _served.Confirm();
            return;
        }

        var result = CatalogReader.Read(json, content.Revision + 1, _secrets);
        if (result.Snapshot is { } snapshot)
        {
            Serve(json, snapshot, result);
        }
        else
        {
            _served.Refuse(Hash(json, result.KeyReferences), result);
        }
    }

    private byte[] ReadFile()
    {
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        var buffer = new byte[16 * 1024];

        // One byte over the limit is enough for the reader to refuse it.
        while (content.Length <= CatalogJson.MaxBytes && file.Read(buffer) is > 0 and var read)
        {
            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }

    /// <summary>Over the content, and the secrets that callers' keys come from: a rotated key is a changed catalog.</summary>
    private string Hash(byte[] json, IReadOnlyList<SecretReference> keyReferences)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(json);
        foreach (var reference in keyReferences)
        {
            var found = _secrets.TryResolve(reference, out var secret, out _);
            hash.AppendData(found ? SHA256.HashData(Encoding.UTF8.GetBytes(secret!)) : [0]);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static bool IsFileProblem(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException;

    private sealed record Content(byte[] Json, long Revision, IReadOnlyList<SecretReference> KeyReferences, string Hash);
}

public sealed record FileCatalogOptions
{
    /// <summary>Time between two looks at the file. Default 2 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    public static readonly FileCatalogOptions Default = new();
}
