using System.Net;
using System.Text.RegularExpressions;
using Sandbox.EndToEnd.Tests.Members;

namespace Sandbox.EndToEnd.Tests.Dashboard;

/// <summary>Files of a session whose sandbox another process of the data folder holds: forms and uploads reach it there.</summary>
public sealed partial class OtherMemberTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_OfASessionThatAnotherProcessHolds_AreMadeUploadedAndRemoved()
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token);
        var session = await SessionClient.Open(pair.First.Client, Token);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = pair.Second.Client.Http.BaseAddress };
        var page = await http.GetStringAsync("/dashboard/sign-in", Token);
        await Post(http, "/dashboard/sign-in", page, ("credential", data.OperatorKey));
        var files = $"/dashboard/sessions/{session.Id}/files";
        page = await http.GetStringAsync(files, Token);

        await Post(http, $"{files}/folder", page, ("folder", ""), ("name", "made & kept"));
        await Post(http, $"{files}/folder", page, ("folder", ""), ("name", "gone"));
        await Post(http, $"{files}/remove?path=gone", page);
        using var upload = new HttpRequestMessage(HttpMethod.Put, $"{files}/content?path=made%20%26%20kept/up.txt") { Content = new StringContent("here") };
        upload.Headers.Add("X-Form-Token", FormToken().Match(page).Groups[1].Value);
        using var uploaded = await http.SendAsync(upload, Token);

        Assert.Equal(HttpStatusCode.NoContent, uploaded.StatusCode);
        Assert.Equal("here", await http.GetStringAsync($"{files}/content?path=made%20%26%20kept/up.txt", Token));
        Assert.Equal("made & kept\n", (await session.Run(new { command = new[] { "ls" } }, Token)).Stdout);
    }

    private static async Task Post(HttpClient http, string path, string page, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(
            [.. fields.Select(static field => KeyValuePair.Create(field.Name, field.Value)), KeyValuePair.Create("__RequestVerificationToken", FormToken().Match(page).Groups[1].Value)]);
        using var answer = await http.PostAsync(path, form, Token);
        Assert.True(answer.StatusCode == HttpStatusCode.SeeOther, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Token)}");
    }

    [GeneratedRegex("__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
