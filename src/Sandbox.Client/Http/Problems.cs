using System.Net.Http.Headers;
using System.Text.Json;

namespace Sandbox.Client;

/// <summary>Turns an answer other than 2xx into an exception.</summary>
internal static class Problems
{
    // What stands in the way of the server may answer with pages of any size.
    private const int MaxBytes = 1024 * 1024;

    public static async Task<SandboxException> Read(HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken) =>
        new((int)response.StatusCode, await ReadDocument(response, cancellationToken).ConfigureAwait(false), RetryAfter(response.Headers.RetryAfter, time));

    private static async Task<ProblemDocument?> ReadDocument(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json"))
            return null;
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxBytes, cancellationToken).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return JsonSerializer.Deserialize(body, ClientJson.Default.ProblemDocument);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException)
        {
            return null;
        }
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, TimeProvider time) =>
        header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
}
