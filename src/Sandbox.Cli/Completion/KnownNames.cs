using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Sandbox.Cli.Commands;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Completion;

/// <summary>
/// Ids and names that the server knows, for a shell to complete with: where it answers at once, else none. A shell that
/// completes is no place for errors, nor for waiting.
/// </summary>
internal static class KnownNames
{
    /// <summary>Variable that says for how many seconds a shell may be kept waiting for the server; 0 for not at all.</summary>
    public const string SecondsVariable = "SANDBOX_COMPLETION_SECONDS";

    private const int Most = 50;
    private const double DefaultSeconds = 0.7;
    private const double MostSeconds = 3600;

    /// <summary>Lets an argument be completed by what a list of the server has.</summary>
    /// <param name="argument">The argument.</param>
    /// <param name="context">What commands work with.</param>
    /// <param name="list">Lists the names.</param>
    public static Argument<T> CompletedBy<T>(
        this Argument<T> argument, CommandContext context, Func<SandboxClient, ListFilter, CancellationToken, Task<IEnumerable<string>>> list)
    {
        argument.CompletionSources.Add(completion => Read(context, completion, list));
        return argument;
    }

    public static Argument<T> OfJobs<T>(this Argument<T> argument, CommandContext context) => argument.CompletedBy(
        context, static async (api, filter, token) => (await api.Jobs.ListPageAsync(filter, token)).Value.Items.Select(job => job.Id));

    public static Argument<T> OfSessions<T>(this Argument<T> argument, CommandContext context) => argument.CompletedBy(
        context, static async (api, filter, token) => (await api.Sessions.ListPageAsync(filter with { Status = SessionStatus.Ready }, token)).Value.Items
            .Concat((await api.Sessions.ListPageAsync(filter with { Status = SessionStatus.Paused }, token)).Value.Items).Select(session => session.Id));

    public static Argument<T> OfServices<T>(this Argument<T> argument, CommandContext context) => argument.CompletedBy(
        context, static async (api, filter, token) => (await api.Services.ListPageAsync(filter, token)).Value.Items.Select(service => service.Id));

    public static Argument<T> OfWorkflows<T>(this Argument<T> argument, CommandContext context) => argument.CompletedBy(
        context, static async (api, filter, token) => (await api.Workflows.ListPageAsync(filter, token)).Value.Items.Select(workflow => workflow.Id));

    private static IEnumerable<CompletionItem> Read(
        CommandContext context, CompletionContext completion, Func<SandboxClient, ListFilter, CancellationToken, Task<IEnumerable<string>>> list)
    {
        // Help asks as well what there is to choose from, and is to tell the same everywhere.
        if (completion is not TextCompletionContext)
            return [];
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(Seconds(context.Console.Environment)));
            // Pressing Tab is no wish to use what lies in the folder where somebody happens to be.
            var server = context.Globals.Server(completion.ParseResult, context.Console, standsIn: false);
            var tenant = (completion.ParseResult.GetResult("--tenant") as OptionResult)?.GetValueOrDefault<string?>();
            using var api = new SandboxClient(server.Url, server.ApiKey, new SandboxClientOptions { MaxRetries = 0, WaitForServer = false, TenantId = tenant });
            // Of a name only what no shell takes for anything else.
            return [.. list(api, new ListFilter { PageSize = Most }, limit.Token).GetAwaiter().GetResult().Where(IsPlain).Select(name => new CompletionItem(name))];
        }
        catch (Exception e) when (e is CliException or SandboxException or OperationCanceledException)
        {
            return [];
        }
    }

    private static double Seconds(IReadOnlyDictionary<string, string> environment) =>
        environment.TryGetValue(SecondsVariable, out var text) && Units.TryParseSeconds(text, out var seconds) ? Math.Clamp(seconds, 0, MostSeconds) : DefaultSeconds;

    private static bool IsPlain(string name) => name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
}
