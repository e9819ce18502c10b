using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Sandbox.Api.Forwarding;
using Sandbox.Runtime;
using Sandbox.Silo;

namespace Sandbox.Api.Embedded;

/// <summary>
/// How one of several server processes listens: at the same address as the others, among which the kernel spreads the
/// connections, and, for the others, at a socket of its own.
/// </summary>
internal static class MemberListening
{
    private const int SocketLevel = 1;
    private const int ReusePort = 15;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the process one of several, where there are several, and announces where it listens.</summary>
    public static WebApplicationBuilder AddMember(this WebApplicationBuilder builder, DataFolder folder)
    {
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton<IPeers, Peers>();
        builder.Services.AddHostedService<ServerAnnouncement>();
        var options = builder.Configuration.GetSection(EmbeddedOptions.Section).Get<EmbeddedOptions>() ?? new EmbeddedOptions();
        if (options.Members == 1)
            return builder;
        var runtime = builder.Configuration.GetSection(RuntimeOptions.Section).Get<RuntimeOptions>() ?? new RuntimeOptions();
        var urls = builder.Configuration[WebHostDefaults.ServerUrlsKey] ?? "http://127.0.0.1:8080";
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, $"{urls};http://unix:{Own(Peers.SocketOf(runtime, folder, folder.Member))}");
        var isFirst = !folder.HasOthers;
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = endpoint => Bind(endpoint, isFirst));
        return builder;
    }

    // The place is held by this process: what an earlier one left there is nobody's.
    private static string Own(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly);
        File.Delete(path);
        return path;
    }

    private static Socket Bind(EndPoint endpoint, bool isFirst)
    {
        if (endpoint is not IPEndPoint)
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        // Another installation that shares its port in the same way would share it with this one, too.
        if (isFirst)
            SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint).Dispose();
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Span<byte> on = [1, 0, 0, 0];
            socket.SetRawSocketOption(SocketLevel, ReusePort, on);
            socket.Bind(endpoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
