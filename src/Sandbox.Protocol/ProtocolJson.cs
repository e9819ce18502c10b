using System.Text.Json.Serialization;

namespace Sandbox.Protocol;

/// <summary>Source-generated JSON of every message: the agent is compiled ahead of time.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HelloRequest))]
[JsonSerializable(typeof(HelloReply))]
[JsonSerializable(typeof(StartKernelRequest))]
[JsonSerializable(typeof(ExecRequest))]
[JsonSerializable(typeof(ExecAccepted))]
[JsonSerializable(typeof(ExecResult))]
[JsonSerializable(typeof(SignalRequest))]
[JsonSerializable(typeof(InputRequest))]
[JsonSerializable(typeof(InputTaken))]
[JsonSerializable(typeof(ResizeRequest))]
[JsonSerializable(typeof(WriteFileRequest))]
[JsonSerializable(typeof(FileWritten))]
[JsonSerializable(typeof(ReadFileRequest))]
[JsonSerializable(typeof(StatRequest))]
[JsonSerializable(typeof(FileEntry))]
[JsonSerializable(typeof(ListRequest))]
[JsonSerializable(typeof(ListReply))]
[JsonSerializable(typeof(MoveRequest))]
[JsonSerializable(typeof(MakeFolderRequest))]
[JsonSerializable(typeof(RemoveRequest))]
[JsonSerializable(typeof(WatchRequest))]
[JsonSerializable(typeof(FileEvent))]
[JsonSerializable(typeof(FindFilesRequest))]
[JsonSerializable(typeof(FindFilesReply))]
[JsonSerializable(typeof(ExportTreeRequest))]
[JsonSerializable(typeof(TreeExported))]
[JsonSerializable(typeof(ImportTreeRequest))]
[JsonSerializable(typeof(TreeImported))]
[JsonSerializable(typeof(ListenEgressRequest))]
[JsonSerializable(typeof(ConnectPortRequest))]
[JsonSerializable(typeof(SetDeadlineRequest))]
[JsonSerializable(typeof(QuiesceRequest))]
[JsonSerializable(typeof(Empty))]
[JsonSerializable(typeof(AgentError))]
public sealed partial class ProtocolJson : JsonSerializerContext;
