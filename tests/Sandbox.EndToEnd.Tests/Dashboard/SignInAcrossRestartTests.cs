using System.Net;
using System.Text.RegularExpressions;

namespace Sandbox.EndToEnd.Tests.Dashboard;

/// <summary>Who is signed in stays so when the server is killed, and whichever process answers.</summary>
public sealed partial class SignInAcrossRestartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SignIn_OutlivesTheServer_AndItsKeysAreSealed()
    {
        using var data = new DataDirectory();
        var cookies = new CookieContainer();
        using var http = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false });
        await using (var server = await SandboxServer.Start(data, Token))
        {
            var address = server.Client.Http.BaseAddress!;
            var page = await http.GetStringAsync(new Uri(address, "/dashboard/sign-in"), Token);
            using var form = new FormUrlEncodedContent([KeyValuePair.Create("credential", data.OperatorKey), KeyValuePair.Create("__RequestVerificationToken", FormToken().Match(page).Groups[1].Value)]);
            using var signedIn = await http.PostAsync(new Uri(address, "/dashboard/sign-in"), form, Token);
            Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
            await server.Kill(Token);
        }

        await using var next = await SandboxServer.Start(data, Token);
        using var overview = await http.GetAsync(new Uri(next.Client.Http.BaseAddress!, "/dashboard"), Token);

        Assert.Equal(HttpStatusCode.OK, overview.StatusCode);
        var keys = Directory.GetFiles(Path.Combine(data.Root, "sign-in-keys"), "*.xml");
        Assert.Contains("sealedKey", File.ReadAllText(Assert.Single(keys)), StringComparison.Ordinal);
        Assert.DoesNotContain("masterKey", File.ReadAllText(keys[0]), StringComparison.Ordinal);
    }

    [GeneratedRegex("__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
