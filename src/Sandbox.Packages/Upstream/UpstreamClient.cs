using System.Net;
using Microsoft.Extensions.Options;

namespace Sandbox.Packages.Upstream;

/// <summary>
/// Asks the configured indexes. Without a proxy and without cookies; redirects are followed a few times, and never to a scheme that
/// the index itself does not have.
/// </summary>
internal sealed class UpstreamClient(IOptions<PackageOptions> options, TimeProvider time) : IDisposable
{
    private const int MaxRedirects = 5;

    private readonly PackageOptions _options = options.Value;
    private readonly HttpClient _pages = Client(options.Value, DecompressionMethods.All);

    // A file is what its hash was made of: it is taken as it comes.
    private readonly HttpClient _files = Client(options.Value, DecompressionMethods.None);

    /// <summary>Fetches a page; null if there is none.</summary>
    /// <exception cref="UpstreamException">It could not be fetched.</exception>
    public Task<UpstreamPage?> Page(Uri address, string accept, Uri index) => Bounded(_options.IndexTimeoutSeconds, async token =>
    {
        using var response = await Get(_pages, address, accept, index, token);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            return null;
        RequireSuccess(response);
        var body = new MemoryStream();
        await using var source = await response.Content.ReadAsStreamAsync(token);
        await Copy(source, body, _options.MaxIndexBytes, token);
        return new UpstreamPage(
            response.RequestMessage!.RequestUri!, response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant() ?? "", body.ToArray());
    });

    /// <summary>Fetches a file.</summary>
    /// <exception cref="UpstreamException">It could not be fetched, or is too large.</exception>
    public Task File(Uri address, Uri index, Stream target) => Bounded(_options.DownloadTimeoutSeconds, async token =>
    {
        using var response = await Get(_files, address, "*/*", index, token);
        RequireSuccess(response);
        await using var source = await response.Content.ReadAsStreamAsync(token);
        await Copy(source, target, _options.MaxPackageBytes, token);
        return true;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _pages.Dispose();
        _files.Dispose();
    }

    /// <summary>
    /// Whether an index may send us to an address: without TLS to its own host at most, because what else is reachable from here
    /// without it is not for an index to choose.
    /// </summary>
    public static bool MayLead(Uri index, Uri address) =>
        address.IsAbsoluteUri
        && (address.Scheme == Uri.UriSchemeHttps
            || (address.Scheme == Uri.UriSchemeHttp && index.Scheme == Uri.UriSchemeHttp && address.IdnHost.Equals(index.IdnHost, StringComparison.OrdinalIgnoreCase)));

    private async Task<T> Bounded<T>(int seconds, Func<CancellationToken, Task<T>> fetch)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), time);
        try
        {
            return await fetch(timeout.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new UpstreamException($"it took longer than {seconds} s", e);
        }
        catch (HttpRequestException e)
        {
            throw new UpstreamException($"the request failed ({e.HttpRequestError})", e);
        }
    }

    private static async Task<HttpResponseMessage> Get(HttpClient client, Uri address, string accept, Uri index, CancellationToken token)
    {
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            if (!MayLead(index, address))
                throw new UpstreamException("the index leads to an address without TLS, or of another scheme");
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("Accept", accept);
            request.Headers.TryAddWithoutValidation("User-Agent", "sandbox-packages");
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
                return response;
            response.Dispose();
            if (!Uri.TryCreate(address, location, out var next))
                throw new UpstreamException("the index redirects to no address");
            address = next;
        }

        throw new UpstreamException($"the index redirects more than {MaxRedirects} times");
    }

    private static void RequireSuccess(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
            throw new UpstreamException($"the index answers {(int)response.StatusCode}");
    }

    // What breaks while reading is the index's fault, what breaks while writing is the target's.
    private static async Task Copy(Stream source, Stream target, long limit, CancellationToken token)
    {
        var buffer = new byte[81_920];
        long total = 0;
        while (await Read(source, buffer, token) is var read and > 0)
        {
            total += read;
            if (total > limit)
                throw new UpstreamException($"it is larger than {limit} bytes");
            await target.WriteAsync(buffer.AsMemory(0, read), token);
        }
    }

    private static async Task<int> Read(Stream source, byte[] buffer, CancellationToken token)
    {
        try
        {
            return await source.ReadAsync(buffer, token);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new UpstreamException("the transfer broke off", e);
        }
    }

    private static HttpClient Client(PackageOptions options, DecompressionMethods decompression) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = decompression,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(options.ConnectTimeoutSeconds),
        // Names are resolved again now and then.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
