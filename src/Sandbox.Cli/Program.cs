using System.Runtime.InteropServices;
using Sandbox.Cli.Commands;
using Sandbox.Cli.Output;
using Sandbox.Cli.Terminal;

const int Terminated = 143;

using var interruption = new CancellationTokenSource();
var terminated = false;
using var sigint = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var sigterm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);

var exitCode = await CommandTree.Invoke(args, CliConsole.OfProcess(), interruption.Token);
return exitCode == ExitCodes.Interrupted && terminated ? Terminated : exitCode;

// The first signal ends the job or step in good order; the second one ends this process at once.
void Interrupt(PosixSignalContext signal)
{
    signal.Cancel = !interruption.IsCancellationRequested;
    terminated |= signal.Signal == PosixSignal.SIGTERM;
    interruption.Cancel();
}
