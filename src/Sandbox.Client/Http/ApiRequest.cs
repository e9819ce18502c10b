using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sandbox.Client;

/// <summary>A request as it is sent, anew for each attempt.</summary>
/// <param name="method">The method.</param>
/// <param name="path">Path below the server's address, with the query.</param>
internal sealed class ApiRequest(HttpMethod method, string path)
{
    public const string TenantHeader = "X-Tenant-Id";

    private const string IdempotencyHeader = "Idempotency-Key";

    private Func<HttpContent>? _content;
    private string? _key;
    private bool _isSafe = method != HttpMethod.Post;
    private bool _canBeSentAgain = true;
    private SentStream? _sent;

    /// <summary>Media type of the answer; null for the server's choice.</summary>
    public string? Accept { get; init; }

    /// <summary>One header more.</summary>
    public (string Name, string Value)? Header { get; set; }

    /// <summary>Whether it does no harm when it is carried out twice.</summary>
    public bool IsRepeatable => _isSafe && CanBeSentAgain;

    /// <summary>Whether all of it can be sent once more: false when content that flows once has begun to flow.</summary>
    public bool CanBeSentAgain => _canBeSentAgain || _sent is not { WasRead: true };

    /// <summary>Whether an attempt that failed may have been carried out all the same.</summary>
    public bool MayBeDone { get; set; }

    /// <summary>Whether it removes something.</summary>
    public bool IsRemoval => method == HttpMethod.Delete;

    /// <summary>SHA-256 of the content that was sent last, lower-case hexadecimal; null where it was not sent whole.</summary>
    public string? SentSha256 => _sent?.Sha256;

    /// <summary>Whether content flows with it, for as long as it takes.</summary>
    public bool IsTransfer { get; private set; }

    /// <summary>With a body in JSON.</summary>
    public ApiRequest With<T>(T body, JsonTypeInfo<T> type)
    {
        _content = () => JsonContent.Create(body, type);
        return this;
    }

    /// <summary>With a body that is JSON already.</summary>
    public ApiRequest WithJson(ReadOnlyMemory<byte> json)
    {
        _content = () => new ReadOnlyMemoryContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } };
        return this;
    }

    /// <summary>With content that flows. It can be sent again only where it can be read again.</summary>
    public ApiRequest With(Stream content, string? contentType)
    {
        var start = content.CanSeek ? content.Position : 0;
        _content = () =>
        {
            if (content.CanSeek)
                content.Position = start;
            _sent = new SentStream(content);
            return new StreamContent(_sent) { Headers = { ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType) } };
        };
        IsTransfer = true;
        _canBeSentAgain = content.CanSeek;
        return this;
    }

    /// <summary>With a name for this call, made once, so that however often it is sent it is carried out once.</summary>
    /// <param name="key">The caller's own, of visible ASCII characters; null for a new one.</param>
    public ApiRequest Once(string? key)
    {
        _key = key ?? Guid.NewGuid().ToString("N");
        return Repeatable();
    }

    /// <summary>Says of a POST that it does no harm when it is carried out twice.</summary>
    public ApiRequest Repeatable()
    {
        _isSafe = true;
        return this;
    }

    /// <summary>Says of what is no POST that it is not carried out twice for nothing.</summary>
    public ApiRequest Unrepeatable()
    {
        _isSafe = false;
        return this;
    }

    /// <summary>The message of one attempt.</summary>
    public HttpRequestMessage Message(Uri server, string? tenant)
    {
        var message = new HttpRequestMessage(method, new Uri(server, path)) { Content = _content?.Invoke() };
        // A refusal comes before the content goes.
        message.Headers.ExpectContinue = IsTransfer ? true : null;
        if (Accept is not null)
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(Accept));
        if (_key is not null)
            message.Headers.Add(IdempotencyHeader, _key);
        if (tenant is not null)
            message.Headers.TryAddWithoutValidation(TenantHeader, tenant);
        if (Header is var (name, value))
            message.Headers.TryAddWithoutValidation(name, value);
        return message;
    }
}
