using System.Net;
using System.Net.Sockets;
using System.Text;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Dashboard;

/// <summary>Forms that no page of ours has sent.</summary>
public sealed class StrangeFormTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Origin: https://evil.example", "403")]
    [InlineData("X-Form-Token: x", "400")]
    public async Task Form_ThatIsRefusedAnyway_IsNotWaitedFor(string header, string status)
    {
        var address = fixture.Server.Address;
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, Cancel);
        var stream = socket.GetStream();
        // The rest of the form never comes.
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /dashboard/sign-in HTTP/1.1\r\nHost: {address.Authority}\r\n{header}\r\nAccept: text/html\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ncredential="),
            Cancel);

        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.StartsWith($"HTTP/1.1 {status}", await reader.ReadLineAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_ThatCannotBeRead_IsABadRequest()
    {
        using var client = fixture.Server.NewClient(key: null);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/dashboard/sign-in") { Content = new ByteArrayContent("x"u8.ToArray()) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data");

        using var answer = await client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
