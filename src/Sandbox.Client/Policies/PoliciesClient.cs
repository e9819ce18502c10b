using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sandbox.Client;

/// <summary>What the tenant's jobs, sessions and services may do.</summary>
public sealed class PoliciesClient
{
    private const string Path = "v1/policies";

    private readonly Transport _transport;

    internal PoliciesClient(Transport transport) => _transport = transport;

    /// <summary>The present version of a policy.</summary>
    /// <param name="name">Name of the policy.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Policy>> GetAsync(string name, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(name)), ClientJson.Default.Policy, cancellationToken);

    /// <summary>A version of a policy.</summary>
    /// <param name="name">Name of the policy.</param>
    /// <param name="version">Number of the version.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Policy>> GetVersionAsync(string name, int version, CancellationToken cancellationToken = default) => _transport.Call(
        new ApiRequest(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"{PathOf(name)}/versions/{version}")), ClientJson.Default.Policy, cancellationToken);

    /// <summary>Policies, in the order of their names.</summary>
    /// <param name="options">Which; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Policy> ListAsync(ListOptions? options = null, CancellationToken cancellationToken = default) =>
        Paging.Read(options ?? new ListOptions(), ListPageAsync, cancellationToken);

    /// <summary>One page of the list.</summary>
    /// <param name="options">Which; null for the first of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<Policy>>> ListPageAsync(ListOptions? options = null, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, Path + (options ?? new ListOptions()).Query()), ClientJson.Default.PagePolicy, cancellationToken);

    /// <summary>The versions of a policy, the last one first.</summary>
    /// <param name="name">Name of the policy.</param>
    /// <param name="options">Where to begin; null for the last.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Policy> ListVersionsAsync(string name, ListOptions? options = null, CancellationToken cancellationToken = default) =>
        Paging.Read(options ?? new ListOptions(), (at, token) => ListVersionsPageAsync(name, at, token), cancellationToken);

    /// <summary>One page of the versions.</summary>
    /// <param name="name">Name of the policy.</param>
    /// <param name="options">Where to begin; null for the last.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<Policy>>> ListVersionsPageAsync(string name, ListOptions? options = null, CancellationToken cancellationToken = default) =>
        _transport.Call(
            new ApiRequest(HttpMethod.Get, $"{PathOf(name)}/versions{(options ?? new ListOptions()).Query()}"), ClientJson.Default.PagePolicy, cancellationToken);

    /// <summary>Stores a policy as a new version; for admins and operators. It holds from the answer on.</summary>
    /// <param name="name">Name of the policy.</param>
    /// <param name="document">The document, as JSON.</param>
    /// <param name="version">Only where the policy has this version; 0 for only where there is none; null for no matter what.</param>
    /// <param name="cancellationToken">Gives up; it may have been stored.</param>
    public Task<Reply<Policy>> SetAsync(string name, string document, int? version = null, CancellationToken cancellationToken = default)
    {
        var request = new ApiRequest(HttpMethod.Put, PathOf(name)).WithJson(Encoding.UTF8.GetBytes(document));
        request.Header = version switch
        {
            null => null,
            0 => ("If-None-Match", "*"),
            { } expected => ("If-Match", string.Create(CultureInfo.InvariantCulture, $"\"{expected}\"")),
        };
        // A repetition would make a version more, or meet the one that the first has made.
        return _transport.Call(request.Unrepeatable(), ClientJson.Default.Policy, cancellationToken);
    }

    /// <summary>Removes a policy; nothing begins under it any more. Without default, the platform's applies.</summary>
    /// <param name="name">Name of the policy.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task DeleteAsync(string name, CancellationToken cancellationToken = default) =>
        _transport.Send(new ApiRequest(HttpMethod.Delete, PathOf(name)), cancellationToken);

    /// <summary>What would be decided on a request; nothing is started.</summary>
    /// <param name="name">Name of the policy.</param>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<PolicyEvaluation>> EvaluateAsync(string name, JobRequest job, CancellationToken cancellationToken = default) =>
        EvaluateJsonAsync(name, "job", JsonSerializer.Serialize(job, ClientJson.Default.JobRequest), cancellationToken);

    /// <summary>What would be decided on a request; nothing is started.</summary>
    /// <param name="name">Name of the policy.</param>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<PolicyEvaluation>> EvaluateAsync(string name, SessionRequest session, CancellationToken cancellationToken = default) =>
        EvaluateJsonAsync(name, "session", JsonSerializer.Serialize(session, ClientJson.Default.SessionRequest), cancellationToken);

    /// <summary>What would be decided on a request that is JSON already; nothing is started.</summary>
    /// <param name="name">Name of the policy.</param>
    /// <param name="kind">What the request makes: job, session or service.</param>
    /// <param name="request">The request, as the route that carries it out takes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JsonException">The request is not JSON.</exception>
    public Task<Reply<PolicyEvaluation>> EvaluateJsonAsync(string name, string kind, string request, CancellationToken cancellationToken = default)
    {
        // It becomes part of another document; what it says is for the server to check.
        using (JsonDocument.Parse(request))
        {
            var json = Encoding.UTF8.GetBytes($$"""{"{{JsonEncodedText.Encode(kind)}}":{{request}}}""");
            return _transport.Call(
                new ApiRequest(HttpMethod.Post, PathOf(name) + "/evaluate").WithJson(json).Repeatable(), ClientJson.Default.PolicyEvaluation, cancellationToken);
        }
    }

    private static string PathOf(string name) => $"{Path}/{Segment.Of(name)}";
}
