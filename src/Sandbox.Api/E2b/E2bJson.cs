using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Api.E2b.Envd;
using Sandbox.Api.E2b.Interpreter;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.E2b.Sandboxes;

namespace Sandbox.Api.E2b;

/// <summary>
/// JSON as E2B's clients write and read it. What they send beside what is known here is passed over: they are newer than this door at
/// times. Everything but ASCII is escaped, because they decode each part of a stream by itself.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 32,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(DoorError))]
[JsonSerializable(typeof(GoneError))]
[JsonSerializable(typeof(NewSandbox))]
[JsonSerializable(typeof(TimeoutRequest))]
[JsonSerializable(typeof(ConnectRequest))]
[JsonSerializable(typeof(PauseSandbox))]
[JsonSerializable(typeof(NewSnapshot))]
[JsonSerializable(typeof(ForkSandbox))]
[JsonSerializable(typeof(SandboxHandleView))]
[JsonSerializable(typeof(SandboxDetail))]
[JsonSerializable(typeof(IReadOnlyList<SandboxDetail>))]
[JsonSerializable(typeof(IReadOnlyList<SandboxMetric>))]
[JsonSerializable(typeof(SnapshotInfo))]
[JsonSerializable(typeof(IReadOnlyList<SnapshotInfo>))]
[JsonSerializable(typeof(IReadOnlyList<ForkOutcome>))]
[JsonSerializable(typeof(ConnectError))]
[JsonSerializable(typeof(StartProcess))]
[JsonSerializable(typeof(SelectedProcess))]
[JsonSerializable(typeof(ProcessInput))]
[JsonSerializable(typeof(ProcessSignal))]
[JsonSerializable(typeof(ProcessUpdate))]
[JsonSerializable(typeof(ProcessList))]
[JsonSerializable(typeof(PathRequest))]
[JsonSerializable(typeof(MoveRequest))]
[JsonSerializable(typeof(ListRequest))]
[JsonSerializable(typeof(WatchRequest))]
[JsonSerializable(typeof(EntryAnswer))]
[JsonSerializable(typeof(EntryList))]
[JsonSerializable(typeof(WatchFrame))]
[JsonSerializable(typeof(IReadOnlyList<WrittenEntry>))]
[JsonSerializable(typeof(ExecuteRequest))]
[JsonSerializable(typeof(ContextRequest))]
[JsonSerializable(typeof(CodeContext))]
[JsonSerializable(typeof(IReadOnlyList<CodeContext>))]
[JsonSerializable(typeof(string))]
internal sealed partial class E2bJson : JsonSerializerContext;
