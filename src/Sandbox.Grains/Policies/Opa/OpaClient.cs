using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Sandbox.Grains.Policies.Opa;

/// <summary>
/// Asks an Open Policy Agent by its data API (https://www.openpolicyagent.org/docs/rest-api#get-a-document-with-input). Whatever goes
/// wrong is a no that says so. An answer is kept for as long as its Cache-Control allows, and not at all where that says nothing.
/// </summary>
internal sealed partial class OpaClient : IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024;

    private static readonly TimeSpan LongestKept = TimeSpan.FromHours(1);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HttpClient? _http;
    private readonly TimeSpan _timeout;
    private readonly MemoryCache _kept;

    public OpaClient(IOptions<OpaOptions> options, TimeProvider time, ILogger<OpaClient> logger)
    {
        (_time, _logger) = (time, logger);
        _timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);
        _kept = new MemoryCache(new MemoryCacheOptions { SizeLimit = options.Value.MaxCached });
        if (options.Value.Url is { } url)
            _http = Client(url, options.Value.Token);
    }

    /// <summary>Its answer.</summary>
    /// <param name="path">What is asked, an <see cref="OpaPath"/>.</param>
    /// <param name="body">The question.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<OpaAnswer> Ask(string path, byte[] body, CancellationToken cancellationToken)
    {
        if (_http is null)
            return OpaAnswer.No("The policy wants Open Policy Agent to be asked, and none is configured here.");
        var key = $"{path} {Convert.ToHexStringLower(SHA256.HashData(body))}";
        if (_kept.TryGetValue<(OpaAnswer Answer, long Since, TimeSpan For)>(key, out var kept) && _time.GetElapsedTime(kept.Since) < kept.For)
            return kept.Answer;
        using var timeout = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var asked = _time.GetTimestamp();
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var response = await _http.PostAsync($"v1/data/{path}", content, either.Token);
            if (!response.IsSuccessStatusCode)
                return Failed(path, $"it answered {(int)response.StatusCode}");
            var answer = OpaAnswer.Read(await response.Content.ReadAsByteArrayAsync(either.Token));
            if (KeepFor(response.Headers) is { Ticks: > 0 } time)
                _kept.Set(key, (answer, asked, time), new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = time });
            return answer;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(path, FormattableString.Invariant($"it did not answer within {_timeout.TotalSeconds} seconds"));
        }
        catch (HttpRequestException e)
        {
            return Failed(path, $"the request failed ({e.HttpRequestError})");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http?.Dispose();
        _kept.Dispose();
    }

    // RFC 9111: for so long an answer is fresh, less what it is old already.
    private static TimeSpan? KeepFor(HttpResponseHeaders headers)
    {
        if (headers.CacheControl is not { MaxAge: { } age, NoStore: false, NoCache: false })
            return null;
        var left = age - (headers.Age ?? TimeSpan.Zero);
        return left < LongestKept ? left : LongestKept;
    }

    private OpaAnswer Failed(string path, string why)
    {
        LogFailed(_logger, path, why);
        return OpaAnswer.No($"Open Policy Agent could not be asked: {why}.");
    }

    private static HttpClient Client(string url, string? token)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        var client = new HttpClient(handler)
        {
            BaseAddress = new Uri(url.EndsWith('/') ? url : url + "/"),
            MaxResponseContentBufferSize = MaxAnswerBytes,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Open Policy Agent could not be asked for {Path}, and what depends on it is denied: {Why}")]
    private static partial void LogFailed(ILogger logger, string path, string why);
}
