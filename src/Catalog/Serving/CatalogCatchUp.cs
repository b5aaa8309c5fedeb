namespace Ensemble.Catalog.Serving;

/// <summary>Lets a process that is behind catch up with the revision that another one has seen.</summary>
public static class CatalogCatchUp
{
    /// <summary>How long a run waits for the revision that its request was checked against: 1 s.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    /// <returns>The catalog once it has reached the revision, else as it is after <see cref="MaxWait"/>.</returns>
    public static async ValueTask<CatalogSnapshot> WaitForRevisionAsync(
        this ICatalog catalog, long revision, TimeProvider time, CancellationToken cancellationToken)
    {
        if (catalog.Current.Revision >= revision)
        {
            return catalog.Current;
        }

        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnChanged(CatalogSnapshot next)
        {
            if (next.Revision >= revision)
            {
                reached.TrySetResult();
            }
        }

        catalog.Changed += OnChanged;
        try
        {
            // It may have come between the look and the subscription.
            OnChanged(catalog.Current);
            await reached.Task.WaitAsync(MaxWait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // An older catalog may still know the alias; where it does not, the run says so.
        }
        finally
        {
            catalog.Changed -= OnChanged;
        }

        return catalog.Current;
    }
}
