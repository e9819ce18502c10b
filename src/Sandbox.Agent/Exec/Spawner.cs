using System.Text;
using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Exec;

/// <summary>A program to start.</summary>
internal sealed record ProgramStart(IReadOnlyList<string> Argv, IReadOnlyDictionary<string, string> Env, string Cwd);

/// <summary>A process just started, and the agent's ends of its descriptors.</summary>
/// <param name="Pid">Process id, which is also its session and its process group.</param>
/// <param name="Stdin">Standard input, to write.</param>
/// <param name="Stdout">Standard output, to read; of a program on a terminal, all that it writes.</param>
/// <param name="Stderr">Standard error, to read; -1 where it has none of its own.</param>
/// <param name="Link">The program's descriptor 3, both ways; -1 where it has none.</param>
internal sealed record StartedProcess(int Pid, int Stdin, int Stdout, int Stderr, int Link);

/// <summary>A program could not be started; the message is for the caller.</summary>
internal sealed class SpawnException(string message) : Exception(message);

/// <summary>Starts processes as the sandbox's user.</summary>
internal sealed unsafe class Spawner(uint uid, uint gid, uint processes)
{
    private const int Descriptors = 4;

    public StartedProcess Start(ProgramStart program, bool withLink)
    {
        int* agent = stackalloc int[Descriptors] { -1, -1, -1, -1 };
        int* child = stackalloc int[Descriptors] { -1, -1, -1, -1 };
        int count = withLink ? Descriptors : Descriptors - 1;
        try
        {
            OpenDescriptors(agent, child, count);
            int pid = Spawn(program, child, count, onTerminal: false);
            return new StartedProcess(pid, agent[0], agent[1], agent[2], agent[3]);
        }
        catch
        {
            Close(agent);
            throw;
        }
        finally
        {
            Close(child);
        }
    }

    /// <summary>Starts a program on a terminal of its own, which controls it.</summary>
    public StartedProcess StartOnTerminal(ProgramStart program, TerminalSize size)
    {
        int* agent = stackalloc int[Descriptors] { -1, -1, -1, -1 };
        int* child = stackalloc int[Descriptors] { -1, -1, -1, -1 };
        try
        {
            int result = Libc.OpenTerminal(agent, child, uid, gid);
            if (result < 0)
                throw new SpawnException($"No terminal could be made: {Errno.Describe(-result)}.");
            _ = Libc.ResizeTerminal(agent[0], size.Columns, size.Rows);
            int* three = stackalloc int[] { child[0], child[0], child[0] };
            int pid = Spawn(program, three, count: 3, onTerminal: true);
            return new StartedProcess(pid, agent[0], agent[1], Stderr: -1, Link: -1);
        }
        catch
        {
            Close(agent);
            throw;
        }
        finally
        {
            Close(child);
        }
    }

    private static void OpenDescriptors(int* agent, int* child, int count)
    {
        for (int i = 0; i < count; i++)
        {
            int result = i == 3 ? Libc.SocketPair(&agent[i], &child[i]) : Libc.Pipe(&agent[i], &child[i], agentReads: i == 0 ? 0 : 1);
            if (result < 0)
                throw new SpawnException($"No pipe could be made: {Errno.Describe(-result)}.");
        }
    }

    private int Spawn(ProgramStart program, int* descriptors, int count, bool onTerminal)
    {
        using var strings = new NativeStrings();
        SpawnRequest request = new()
        {
            Argv = strings.Array(program.Argv),
            Envp = strings.Array([.. program.Env.Select(variable => $"{variable.Key}={variable.Value}")]),
            Path = strings.Text(program.Env.GetValueOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin")),
            Cwd = strings.Text(program.Cwd),
            Descriptors = descriptors,
            DescriptorCount = count,
            Uid = uid,
            Gid = gid,
            Processes = processes,
            Terminal = onTerminal ? 1 : 0,
        };
        int stage = 0;
        int pid = Libc.Spawn(&request, &stage);
        return pid > 0 ? pid : throw new SpawnException(Explain(program, (SpawnStage)stage, -pid));
    }

    private static string Explain(ProgramStart program, SpawnStage stage, int errno) => stage switch
    {
        SpawnStage.Exec => $"{program.Argv[0]}: {Errno.Describe(errno)}",
        SpawnStage.Directory => $"{program.Cwd}: {Errno.Describe(errno)}",
        _ => $"The process could not be made: {Errno.Describe(errno)} ({stage})",
    };

    private static void Close(int* descriptors)
    {
        for (int i = 0; i < Descriptors; i++)
        {
            if (descriptors[i] >= 0)
                _ = Libc.Close(descriptors[i]);
        }
    }
}
