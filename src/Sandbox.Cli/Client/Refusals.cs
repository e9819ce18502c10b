using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Sandbox.Cli.Client;

/// <summary>Turns an error answer into text for a person.</summary>
internal static class Refusals
{
    public static async Task<ApiException> Read(HttpResponseMessage response, bool hasKey, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var problem = await ReadProblem(response, cancellationToken);
        var message = status == 401 ? Unauthorized(hasKey) : Describe(status, problem);
        return new ApiException(status, message, RetryAfter(response.Headers.RetryAfter));
    }

    /// <summary>The problem in one line, and one more line for each field at fault.</summary>
    public static string Describe(int status, ProblemDocument? problem)
    {
        if (problem is null)
            return $"the server answered with HTTP {status}";

        var text = new StringBuilder(problem.Detail ?? problem.Reason ?? problem.Title ?? $"the server answered with HTTP {status}");
        if (problem.Code is not null)
            text.Append(" (").Append(problem.Code).Append(')');
        if (problem.Reason is not null && problem.Detail is not null && problem.Reason != problem.Detail)
            text.Append("\n  reason: ").Append(problem.Reason);
        if (problem.Rule is not null)
            text.Append("\n  rule: ").Append(problem.Rule);
        foreach (var (field, reasons) in problem.Errors ?? new Dictionary<string, string[]>())
        {
            // One alone may be the detail as well.
            foreach (var reason in reasons.Where(reason => reason != problem.Detail))
                text.Append("\n  ").Append(field.Length > 0 ? field : "request").Append(": ").Append(reason);
        }

        return text.ToString();
    }

    private static string Unauthorized(bool hasKey) => hasKey
        ? "the server does not accept the key (HTTP 401). Is it of another server, revoked or expired?"
        : "the server asks for a key (HTTP 401). Set SANDBOX_API_KEY, or name the server's data folder with --data.";

    private static async Task<ProblemDocument?> ReadProblem(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json"))
            return null;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(body, Wire.Default.ProblemDocument, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - TimeProvider.System.GetUtcNow() : null);
}
