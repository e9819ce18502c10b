using System.Net;
using System.Net.Http.Json;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>The files of a session as a caller uses them.</summary>
internal static class SessionFiles
{
    /// <summary>The address of a file; every byte of its path that could mean something else is escaped.</summary>
    public static string FilePath(this SessionClient session, string path) =>
        $"{session.Path}/files/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    public static async Task<WrittenFile> Write(this SessionClient session, string path, byte[] content, CancellationToken cancellationToken)
    {
        using var answer = await session.Http.PutAsync(session.FilePath(path), new ByteArrayContent(content), cancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
        return await SandboxClient.Read<WrittenFile>(answer, cancellationToken);
    }

    public static async Task<byte[]> Read(this SessionClient session, string path, CancellationToken cancellationToken)
    {
        using var answer = await session.Http.GetAsync(session.FilePath(path), cancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    public static async Task<FilePage> List(this SessionClient session, string query, CancellationToken cancellationToken)
    {
        using var answer = await session.Http.GetAsync($"{session.Path}/files?{query}", cancellationToken);
        return await SessionClient.ReadAs<FilePage>(answer, HttpStatusCode.OK, cancellationToken);
    }

    public static Task<HttpResponseMessage> Move(this SessionClient session, object request, CancellationToken cancellationToken) =>
        session.Http.PostAsJsonAsync($"{session.Path}/files/move", request, cancellationToken);
}
