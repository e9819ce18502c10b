namespace Sandbox.Client;

/// <summary>Where events are sent to; for admins and operators.</summary>
public sealed class WebhooksClient
{
    private const string Path = "v1/webhooks";

    private readonly Transport _transport;

    internal WebhooksClient(Transport transport) => _transport = transport;

    /// <summary>Makes a webhook, whose secret is told this once.</summary>
    /// <param name="request">The webhook.</param>
    /// <param name="cancellationToken">Gives up; it may have been made.</param>
    public Task<Reply<NewWebhook>> CreateAsync(WebhookRequest request, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Post, Path).With(request, ClientJson.Default.WebhookRequest), ClientJson.Default.NewWebhook, cancellationToken);

    /// <summary>All webhooks; never their secrets.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Webhook> ListAsync(CancellationToken cancellationToken = default) =>
        Paging.ReadOne(ListPageAsync, cancellationToken);

    /// <summary>All webhooks, in the one page that there is.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<Webhook>>> ListPageAsync(CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, Path), ClientJson.Default.PageWebhook, cancellationToken);

    /// <summary>What is known of a webhook.</summary>
    /// <param name="id">Id of the webhook.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Webhook>> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(id)), ClientJson.Default.Webhook, cancellationToken);

    /// <summary>Changes a webhook.</summary>
    /// <param name="id">Id of the webhook.</param>
    /// <param name="change">What changes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Webhook>> UpdateAsync(string id, WebhookChange change, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Patch, PathOf(id)).With(change, ClientJson.Default.WebhookChange), ClientJson.Default.Webhook, cancellationToken);

    /// <summary>Makes a new secret, which is told this once.</summary>
    /// <param name="id">Id of the webhook.</param>
    /// <param name="cancellationToken">Gives up; it may have been made.</param>
    public Task<Reply<NewWebhook>> RotateSecretAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Post, PathOf(id) + "/rotate-secret"), ClientJson.Default.NewWebhook, cancellationToken);

    /// <summary>Sends a webhook.test event.</summary>
    /// <param name="id">Id of the webhook.</param>
    /// <param name="cancellationToken">Gives up; it may have been sent.</param>
    public Task<Reply<WebhookDelivery>> TestAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Post, PathOf(id) + "/test"), ClientJson.Default.WebhookDelivery, cancellationToken);

    /// <summary>What is pending and what became of the last ones, newest first.</summary>
    /// <param name="id">Id of the webhook.</param>
    /// <param name="options">Where to begin; null for the newest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<WebhookDelivery> ListDeliveriesAsync(string id, ListOptions? options = null, CancellationToken cancellationToken = default) =>
        Paging.Read(options ?? new ListOptions(), (at, token) => ListDeliveriesPageAsync(id, at, token), cancellationToken);

    /// <summary>One page of the deliveries.</summary>
    /// <param name="id">Id of the webhook.</param>
    /// <param name="options">Where to begin; null for the newest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<WebhookDelivery>>> ListDeliveriesPageAsync(string id, ListOptions? options = null, CancellationToken cancellationToken = default) =>
        _transport.Call(
            new ApiRequest(HttpMethod.Get, $"{PathOf(id)}/deliveries{(options ?? new ListOptions()).Query()}"), ClientJson.Default.PageWebhookDelivery, cancellationToken);

    /// <summary>Sends a delivery once more, under the same id.</summary>
    /// <param name="id">Id of the webhook.</param>
    /// <param name="delivery">Id of the delivery.</param>
    /// <param name="cancellationToken">Gives up; it may have been sent.</param>
    public Task<Reply<WebhookDelivery>> RedeliverAsync(string id, string delivery, CancellationToken cancellationToken = default) => _transport.Call(
        new ApiRequest(HttpMethod.Post, $"{PathOf(id)}/deliveries/{Segment.Of(delivery)}/redeliver"), ClientJson.Default.WebhookDelivery, cancellationToken);

    /// <summary>Removes a webhook with its log.</summary>
    /// <param name="id">Id of the webhook.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Send(new ApiRequest(HttpMethod.Delete, PathOf(id)), cancellationToken);

    private static string PathOf(string id) => $"{Path}/{Segment.Of(id)}";
}
