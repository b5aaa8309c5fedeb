using System.Globalization;
using Ensemble.Catalog;
using Ensemble.Catalog.Editing;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Frontend.Options;
using Ensemble.Frontend.Requests;
using Ensemble.Models;

namespace Ensemble.Frontend.Admin;

/// <summary><c>/admin/models</c> and <c>/admin/keys</c>: the catalog's entries, read and edited one by one.</summary>
internal sealed class EntriesEndpoint(
    CatalogEntryKind kind, CatalogEditor editor, IModelProbe probe, BodyReader bodies, FrontendOptions options)
{
    private const long MaxBody = 1024 * 1024;
    private const int MaxPlanTokens = 1_000_000;

    private string Root => kind == CatalogEntryKind.Model ? "/admin/models" : "/admin/keys";

    public void Map(IEndpointRouteBuilder routes)
    {
        string[] read = [HttpMethods.Get, HttpMethods.Head];
        routes.MapMethods(Root, read, ListAsync);
        routes.MapMethods($"{Root}/{{**name}}", read, FindAsync);
        routes.MapPost(Root, CreateAsync);
        routes.MapPut($"{Root}/{{**name}}", PutAsync);
        routes.MapDelete($"{Root}/{{**name}}", DeleteAsync);
    }

    private Task ListAsync(HttpContext context) => GuardAsync(context, async () =>
    {
        var (wanted, error) = NamePage.Read(context.Request.Query);
        if (error is not null)
        {
            return error;
        }

        var page = await editor.ListAsync(kind, wanted.After, wanted.Limit, context.RequestAborted);
        var entries = page.Entries.Select(static entry => new EntryView(entry, entry.Version));
        await JsonResponse.WriteAsync(
            context.Response,
            new EntryList(page.Revision, entries, page.HasMore, editor.ReadOnlySource),
            AdminJson.Default.EntryList);
        return null;
    });

    private Task FindAsync(HttpContext context) => GuardAsync(context, async () =>
    {
        var name = Name(context);
        if (await editor.FindAsync(kind, name, context.RequestAborted) is not { } entry)
        {
            return AdminErrors.NotFound(kind, name);
        }

        context.Response.Headers.ETag = EntityTags.Of(entry.Version);
        if (context.Request.Headers.IfNoneMatch.Count > 0 && EntityTags.IsKnown(context.Request.Headers.IfNoneMatch, entry.Version))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return null;
        }

        await JsonResponse.WriteAsync(context.Response, EntryView.Whole(entry), AdminJson.Default.EntryView);
        return null;
    });

    private Task CreateAsync(HttpContext context) => EditAsync(context, async () =>
    {
        var (body, editOptions, error) = await ReadAsync(context);
        return error ?? await AnswerAsync(
            context, await editor.CreateAsync(kind, body, editOptions.DryRun, context.RequestAborted), "", editOptions);
    });

    private Task PutAsync(HttpContext context) => EditAsync(context, async () =>
    {
        var name = Name(context);
        var (condition, badHeader) = EntityTags.Read(context.Request.Headers, mayCreate: true);
        if (name.Length == 0 || badHeader is not null)
        {
            return badHeader is null ? ApiErrors.NotFound : AdminErrors.BadTag(badHeader);
        }

        var (body, editOptions, error) = await ReadAsync(context);
        return error
            ?? await AnswerAsync(
                context, await editor.PutAsync(kind, name, body, condition, editOptions.DryRun, context.RequestAborted), name, editOptions);
    });

    private Task DeleteAsync(HttpContext context) => EditAsync(context, async () =>
    {
        var name = Name(context);
        var (condition, badHeader) = EntityTags.Read(context.Request.Headers, mayCreate: false);
        if (badHeader is not null)
        {
            return AdminErrors.BadTag(badHeader);
        }

        var error = AdminErrors.Of(await editor.DeleteAsync(kind, name, condition, context.RequestAborted), kind, name);
        if (error is null)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }

        return error;
    });

    private Task EditAsync(HttpContext context, Func<Task<ApiError?>> edit) => GuardAsync(context, () =>
    {
        if (editor.ReadOnlySource is { } source)
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return Task.FromResult<ApiError?>(AdminErrors.ReadOnly(source));
        }

        return edit();
    });

    private static async Task GuardAsync(HttpContext context, Func<Task<ApiError?>> answer)
    {
        // An answer may hold a key that is shown once.
        context.Response.Headers.CacheControl = "no-store";
        ApiError? error;
        try
        {
            error = await answer();
        }
        catch (CatalogException exception)
        {
            error = AdminErrors.Unavailable(exception.Message);
        }

        if (error is not null)
        {
            await ApiErrorWriter.WriteAsync(context, error);
        }
    }

    private async Task<(ReadOnlyMemory<byte> Body, EditOptions Options, ApiError? Error)> ReadAsync(HttpContext context)
    {
        // Also what keeps a web page from sending it: a browser asks first before it sends JSON elsewhere.
        if (!context.Request.HasJsonContentType())
        {
            return (default, default, AdminErrors.NotJson);
        }

        if (Flag(context, "validate") is not { } dryRun)
        {
            return (default, default, AdminErrors.BadQuery("validate", "must be true or false"));
        }

        if (Flag(context, "probe") is not { } probes || (probes && kind == CatalogEntryKind.Key))
        {
            return (default, default, AdminErrors.BadQuery(
                "probe", kind == CatalogEntryKind.Key ? "is for models only" : "must be true or false"));
        }

        var (tokens, badPlan) = PlanTokens(context, dryRun);
        if (badPlan is not null)
        {
            return (default, default, AdminErrors.BadQuery("plan", badPlan));
        }

        var (body, error) = await bodies.ReadAsync(context.Request, Math.Min(MaxBody, options.MaxBodyBytes));
        return (body, new EditOptions(dryRun, probes, tokens), error);
    }

    private async Task<ApiError?> AnswerAsync(HttpContext context, EditResult result, string name, EditOptions editOptions)
    {
        if (AdminErrors.Of(result, kind, name) is { } error)
        {
            return error;
        }

        var entry = result.Entry!;
        var reports = editOptions.Probes && result.ModelsAsked() is { } models
            ? await probe.ProbeAsync(models, context.RequestAborted)
            : null;
        var plan = editOptions.PlanTokens is { } tokens && result.Snapshot is { } draft ? DraftPlan.Of(entry.Name, draft, tokens) : null;
        var response = context.Response;
        if (result.Outcome != EditOutcome.Checked)
        {
            response.Headers.ETag = EntityTags.Of(entry.Version);
        }

        if (result.Outcome == EditOutcome.Created)
        {
            response.StatusCode = StatusCodes.Status201Created;
            response.Headers.Location = $"{Root}/{Uri.EscapeDataString(entry.Name).Replace("%2F", "/", StringComparison.Ordinal)}";
        }

        await JsonResponse.WriteAsync(response, EntryView.Of(result, reports, plan), AdminJson.Default.EntryView);
        return null;
    }

    /// <returns>Null where no plan is asked for; or what is wrong with the parameter.</returns>
    private (int? Tokens, string? Problem) PlanTokens(HttpContext context, bool dryRun)
    {
        if (!context.Request.Query.TryGetValue("plan", out var text))
        {
            return (null, null);
        }

        return kind == CatalogEntryKind.Key ? (null, "is for models only")
            : !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) || tokens is < 1 or > MaxPlanTokens
                ? (null, $"must be the assumed tokens of a prompt, a whole number from 1 to {MaxPlanTokens}")
            : !dryRun ? (null, "is for drafts: send validate=true too")
            : (tokens, null);
    }

    // A server leaves an escaped slash in a path as it is.
    private static string Name(HttpContext context) =>
        (context.GetRouteValue("name") as string ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <returns>Null where it is neither true nor false.</returns>
    private static bool? Flag(HttpContext context, string name) =>
        !context.Request.Query.TryGetValue(name, out var text) ? false : bool.TryParse(text, out var value) ? value : null;

    private readonly record struct EditOptions(bool DryRun, bool Probes, int? PlanTokens);
}
