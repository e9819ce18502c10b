using System.Text;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Testing;

/// <summary>The commands of a session: each prints its own arguments, and ends when it is signalled.</summary>
internal sealed class ScriptedCommandsGrain : Grain, ISessionCommandsGrain
{
    private readonly List<(CommandView View, CommandSpec Spec, string? Key)> _commands = [];

    public Task<Reply<CommandSubmission>> StartCommand(
        Caller caller, CommandSpec spec, string? idempotencyKey, string? fingerprint, CancellationToken cancellationToken = default)
    {
        Assert.Equal(idempotencyKey is null, fingerprint is null);
        if (!IsOwn(caller))
            return NotFound<CommandSubmission>();
        if (_commands.Find(command => command.Key is not null && command.Key == idempotencyKey) is { View: { } known })
            return Answer(new CommandSubmission(known, true));
        var view = new CommandView(
            this.GetPrimaryKeyString(), _commands.Count + 1, spec.Command, spec.Cwd ?? "/workspace", spec.Terminal?.Name, spec.KeepStdinOpen, StepStatus.Running,
            null, null, null, Printed(spec).Length, 0, caller.AgentId, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, null);
        _commands.Add((view, spec, idempotencyKey));
        return Answer(new CommandSubmission(view, false));
    }

    public Task<Reply<CommandView>> GetCommand(Caller caller, long number, TimeSpan wait, CancellationToken cancellationToken = default) =>
        Find(caller, number) is { } command ? Answer(command.View) : NotFound<CommandView>();

    public Task<Reply<CommandPage>> ListCommands(Caller caller, long after, int limit, CancellationToken cancellationToken = default)
    {
        if (!IsOwn(caller))
            return NotFound<CommandPage>();
        var items = _commands.Select(command => command.View).Where(view => view.Number > after).ToList();
        return Answer(new CommandPage([.. items.Take(limit)], items.Count > limit ? items[limit - 1].Number : null));
    }

    public Task<Reply<CommandOutput>> ReadCommandOutput(
        Caller caller, long number, string? stream, long from, int limit, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        if (Find(caller, number) is not var (view, spec))
            return NotFound<CommandOutput>();
        var all = stream == OutputEventKinds.Stderr ? [] : Printed(spec);
        return from > all.Length
            ? Task.FromResult<Reply<CommandOutput>>(new Refusal(RefusalCodes.InvalidRequest, "Too far.", "from"))
            : Answer(new CommandOutput([.. all.Skip((int)from).Take(limit)], from, all.Length, view.Ended));
    }

    public Task<Reply<OutputEventPage>> ReadCommandEvents(Caller caller, long number, long after, TimeSpan wait, CancellationToken cancellationToken = default) =>
        Find(caller, number) is var (_, spec)
            ? Answer(new OutputEventPage([new OutputEvent(5, OutputEventKinds.Dropped, """{"stdout":3,"stderr":0}"""u8.ToArray()), new OutputEvent(6, OutputEventKinds.Stdout, Printed(spec))], true))
            : NotFound<OutputEventPage>();

    public Task<Reply<CommandView>> SignalCommand(Caller caller, long number, int signal, CancellationToken cancellationToken = default)
    {
        if (Find(caller, number) is not var (view, spec))
            return NotFound<CommandView>();
        var ended = view with { Status = StepStatus.Failed, Cause = "signal", Signal = $"number {signal}" };
        _commands[(int)number - 1] = (ended, spec, null);
        return Answer(ended);
    }

    private (CommandView View, CommandSpec Spec)? Find(Caller caller, long number) =>
        IsOwn(caller) && number >= 1 && number <= _commands.Count ? (_commands[(int)number - 1].View, _commands[(int)number - 1].Spec) : null;

    private static bool IsOwn(Caller caller) => caller.TenantId == WellKnownTenants.Default;

    private static byte[] Printed(CommandSpec spec) => Encoding.UTF8.GetBytes(string.Join(' ', spec.Command));

    private static Task<Reply<T>> Answer<T>(T value)
        where T : class => Task.FromResult<Reply<T>>(value);

    private static Task<Reply<T>> NotFound<T>()
        where T : class => Task.FromResult<Reply<T>>(new Refusal(RefusalCodes.NotFound, "There is no such command."));
}

/// <summary>Input of commands that count it and keep nothing.</summary>
internal sealed class MemoryCommandInput : ICommandInput
{
    private long _taken;

    public async Task<Reply<CommandInput>> Write(
        Caller caller, SessionId session, long number, Stream content, long? offset, bool close, CancellationToken cancellationToken = default)
    {
        if (offset > _taken)
            return new Refusal(RefusalCodes.InvalidRequest, "There is a gap.", "offset");
        using var buffer = new MemoryStream();
        await content.CopyToAsync(buffer, cancellationToken);
        _taken = (offset ?? _taken) + buffer.Length;
        return close ? new Refusal(RefusalCodes.CommandInputClosed, "It is closed.") : new CommandInput(_taken);
    }

    public Task<Reply<CommandInput>> Resize(Caller caller, SessionId session, long number, int columns, int rows, CancellationToken cancellationToken = default) =>
        Task.FromResult<Reply<CommandInput>>(new CommandInput(0));
}
