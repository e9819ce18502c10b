using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Cli.Bench;

namespace Sandbox.Cli.Server;

/// <summary>What a running server writes to <c>server.json</c> in its data folder.</summary>
internal sealed record ServerFile(string Url, int Pid);

/// <summary>The version of this command.</summary>
internal sealed record VersionInfo(string Version);

/// <summary>JSON of the command line itself; that of the server is the client library's.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServerFile))]
[JsonSerializable(typeof(VersionInfo))]
[JsonSerializable(typeof(Measurement))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class CliJson : JsonSerializerContext;
