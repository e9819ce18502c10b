using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Sandbox.EndToEnd.Tests.Egress;

namespace Sandbox.EndToEnd.Tests.Events;

/// <summary>Webhooks of real servers, sent to a receiver that checks them as a customer does.</summary>
public sealed class WebhookTests
{
    private static readonly (string, string)[] s_opened =
    [
        ("Sandbox__Webhooks__AllowHttp", "true"), ("Sandbox__Webhooks__AllowedRanges__0", "127.0.0.0/8"),
        ("Sandbox__Webhooks__FirstRetrySeconds", "0.2"), ("Sandbox__Webhooks__LongestRetrySeconds", "0.5"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_OfAJob_ArriveSignedAlsoAfterRefusalsAndAKill()
    {
        using var data = new DataDirectory();
        await using var receiver = await HookReceiver.Start();
        string first, second, webhook;
        await using (var server = await SandboxServer.Start(data, Token, s_opened))
        {
            var made = await Made(server.Client, new { url = receiver.Url, types = new[] { "job.*" } });
            (webhook, receiver.Secret) = (made.GetProperty("id").GetString()!, made.GetProperty("secret").GetString()!);
            receiver.ToFail = 2;
            first = (await server.Client.Run(new { language = "bash", code = "true" }, Token)).Id;
            await Eventually.True(() => receiver.Taken.Count(item => item.Resource == first) >= 3, "all events of the first job arrive", Token);
            // What happens while nobody listens is on the record when the process is gone.
            receiver.ToFail = int.MaxValue;
            second = (await server.Client.Run(new { language = "bash", code = "true" }, Token)).Id;
            var refused = receiver.Refused.Count;
            await Eventually.True(() => receiver.Refused.Count > refused, "an attempt fails", Token);
            await server.Kill(Token);
        }

        receiver.ToFail = 0;
        await using var next = await SandboxServer.Start(data, Token, s_opened);
        await Eventually.True(() => receiver.Taken.Where(item => item.Resource == second).Select(static item => item.Type).Distinct().Count() == 3, "all events of the second job arrive", Token);

        Assert.Equal(["job.ended", "job.started", "job.submitted"], receiver.Taken.Where(item => item.Resource == first).Select(static item => item.Type).Distinct().Order());
        Assert.All(receiver.Taken, static item => Assert.True(item.Signed));
        Assert.Subset(receiver.Taken.Select(static item => item.Id).ToHashSet(), receiver.Refused.ToHashSet());
        var log = await next.Client.Http.GetFromJsonAsync<JsonElement>($"/v1/webhooks/{webhook}/deliveries", Token);
        Assert.Equal(6, log.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Test_Redelivered_ArrivesTwiceUnderOneId()
    {
        using var data = new DataDirectory();
        await using var receiver = await HookReceiver.Start();
        await using var server = await SandboxServer.Start(data, Token, s_opened);
        var added = await CommandLine.Run(data, Token, "webhook", "add", receiver.Url, "--types", "session.ended");
        Assert.Equal(0, added.ExitCode);
        var webhook = added.Output.Split(' ')[0];
        receiver.Secret = added.Output.Trim().Split(' ')[1];

        var delivery = (await CommandLine.Run(data, Token, "webhook", "test", webhook)).Output.Trim();
        await Eventually.True(() => receiver.Taken.Count == 1, "the test arrives", Token);
        Assert.Equal(0, (await CommandLine.Run(data, Token, "webhook", "redeliver", webhook, delivery)).ExitCode);
        await Eventually.True(() => receiver.Taken.Count == 2, "it arrives once more", Token);

        Assert.All(receiver.Taken, item => Assert.Equal((delivery, "webhook.test", webhook, true), item));
        await Eventually.True(
            async () => (await CommandLine.Run(data, Token, "webhook", "deliveries", webhook)).Output.Contains("delivered", StringComparison.Ordinal), "the log says so", Token);
    }

    [Fact]
    public async Task Webhook_ToAPrivateAddress_IsRefusedUnlessTheOperatorOpensIt()
    {
        using var data = new DataDirectory();
        await using var receiver = await HookReceiver.Start();
        await using var server = await SandboxServer.Start(data, Token, ("Sandbox__Webhooks__AllowHttp", "true"));

        using (var refused = await server.Client.Http.PostAsJsonAsync("/v1/webhooks", new { url = receiver.Url }, Token))
        {
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("private", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }

        // A name is looked up when something is sent, and what it leads to is checked then.
        var named = await Made(server.Client, new { url = $"http://localhost:{new Uri(receiver.Url).Port}/hook" });
        var path = $"/v1/webhooks/{named.GetProperty("id").GetString()}";
        using (var test = await server.Client.Http.PostAsync($"{path}/test", null, Token))
            Assert.Equal(HttpStatusCode.Accepted, test.StatusCode);
        await Eventually.True(
            async () => (await server.Client.Http.GetStringAsync($"{path}/deliveries", Token)).Contains("\"error\":\"address_reserved\"", StringComparison.Ordinal),
            "the attempt is refused", Token);
        Assert.Empty(receiver.Taken);
    }

    [Fact]
    public async Task Webhook_WithACertificateOfTheOperatorsAuthority_IsDelivered()
    {
        using var data = new DataDirectory();
        await using var site = await LocalSite.Start();
        var authorities = Path.Combine(Path.GetDirectoryName(data.LogFile)!, "authorities.pem");
        await File.WriteAllTextAsync(authorities, site.Certificate, Token);
        await using var server = await SandboxServer.Start(
            data, Token, ("Sandbox__Webhooks__AllowedRanges__0", $"{LocalSite.Address}/32"), ("Sandbox__Egress__AuthoritiesFile", authorities));

        var made = await Made(server.Client, new { url = $"{site.TlsUrl}/echo" });
        var path = $"/v1/webhooks/{made.GetProperty("id").GetString()}";
        using (var test = await server.Client.Http.PostAsync($"{path}/test", null, Token))
            Assert.Equal(HttpStatusCode.Accepted, test.StatusCode);

        await Eventually.True(
            async () => (await server.Client.Http.GetStringAsync($"{path}/deliveries", Token)).Contains("\"delivered\"", StringComparison.Ordinal), "it is delivered", Token);
    }

    private static async Task<JsonElement> Made(SandboxClient client, object request)
    {
        using var answer = await client.Http.PostAsJsonAsync("/v1/webhooks", request, Token);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Token));
        return await SandboxClient.Read<JsonElement>(answer, Token);
    }
}
