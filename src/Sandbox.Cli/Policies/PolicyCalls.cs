using System.Text;
using System.Text.Json;
using Sandbox.Cli.Client;

namespace Sandbox.Cli.Policies;

/// <summary>The calls about policies.</summary>
/// <param name="api">The client.</param>
/// <param name="tenant">The tenant to act in, for operators; null for the caller's own.</param>
internal sealed class PolicyCalls(ApiClient api, string? tenant)
{
    private const string Path = "v1/policies";

    /// <summary>Stores a document.</summary>
    /// <param name="name">Name of the policy.</param>
    /// <param name="document">The document, as it is sent.</param>
    /// <param name="guard">Header and value that say what the policy has to be; null for no matter what.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Reply<Policy>> Put(string name, string document, (string Header, string Value)? guard, CancellationToken cancellationToken)
    {
        using var message = Message(HttpMethod.Put, PathOf(name), document);
        if (guard is { } expected)
            message.Headers.TryAddWithoutValidation(expected.Header, expected.Value);
        return await api.CallOnce(message, Wire.Default.Policy, cancellationToken);
    }

    public Task<Reply<Policy>> Get(string name, int? version, CancellationToken cancellationToken) => api.Call(
        () => Message(HttpMethod.Get, version is { } number ? FormattableString.Invariant($"{PathOf(name)}/versions/{number}") : PathOf(name)), Wire.Default.Policy, cancellationToken);

    public Task<Reply<PolicyPage>> List(string query, CancellationToken cancellationToken) =>
        api.Call(() => Message(HttpMethod.Get, Path + query), Wire.Default.PolicyPage, cancellationToken);

    public Task<Reply<PolicyPage>> Versions(string name, string query, CancellationToken cancellationToken) =>
        api.Call(() => Message(HttpMethod.Get, $"{PathOf(name)}/versions{query}"), Wire.Default.PolicyPage, cancellationToken);

    public async Task Remove(string name, CancellationToken cancellationToken)
    {
        using var response = await api.Send(() => Message(HttpMethod.Delete, PathOf(name)), cancellationToken);
    }

    /// <summary>What would be decided on a request.</summary>
    /// <param name="name">Name of the policy.</param>
    /// <param name="kind">What the request makes: job or session.</param>
    /// <param name="request">The request, as the route that carries it out takes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Evaluation>> Evaluate(string name, string kind, string request, CancellationToken cancellationToken)
    {
        RefuseUnlessJson(request);
        return api.Call(() => Message(HttpMethod.Post, $"{PathOf(name)}/evaluate", $$"""{"{{kind}}":{{request}}}"""), Wire.Default.Evaluation, cancellationToken);
    }

    // It becomes part of another document; what it says is for the server to check.
    private static void RefuseUnlessJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
        }
        catch (JsonException e)
        {
            throw new CliException($"the request is not JSON: {e.Message}");
        }
    }

    private static string PathOf(string name) => $"{Path}/{Uri.EscapeDataString(name)}";

    private HttpRequestMessage Message(HttpMethod method, string path, string? json = null)
    {
        var message = TenantMessage.To(method, path, tenant);
        if (json is not null)
            message.Content = new StringContent(json, Encoding.UTF8, "application/json");
        return message;
    }
}
