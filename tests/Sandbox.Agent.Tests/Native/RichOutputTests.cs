using System.Text;
using System.Text.Json.Nodes;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

public sealed class RichOutputTests(AgentBinary binary)
{
    private const string NotePlain = "(output too large)";

    // matplotlib cannot be had here. What the kernel uses of it has this interface: the figures that are open, by number.
    private const string Pyplot =
        """
        import os
        from matplotlib.figure import Figure
        assert os.environ['MPLBACKEND'] == 'Agg'
        open_figures = {}
        def figure(number=None):
            number = number or len(open_figures) + 1
            return open_figures.setdefault(number, Figure(number))
        def plot(*data): (open_figures[max(open_figures)] if open_figures else figure()).data = data
        def get_fignums(): return sorted(open_figures)
        def close(what):
            if what == 'all': open_figures.clear()
            else: open_figures.pop(what.number, None)
        """;

    private const string Figures =
        """
        class Figure:
            def __init__(self, number): self.number = number
            def __repr__(self): return f'<Figure {self.number}>'
            def savefig(self, file, format): file.write(b'\x89PNG' + bytes([self.number]))
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Result_WithManyForms_HasThemAll()
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        Run run = await session.Run(
            """
            class Table:
                def __repr__(self): return 'table'
                def _repr_html_(self): return '<b>ä</b>'
                def _repr_png_(self): return b'\x89PNG'
                def _repr_jpeg_(self): return b'\xff\xd8', {'width': 1}
                def _repr_svg_(self): return '<svg/>'
                def _repr_latex_(self): return '$x$'
                def _repr_markdown_(self): return None
                def _repr_json_(self): return {'a': [1, 'ä']}
                def _repr_mimebundle_(self, include=None, exclude=None): return {'application/x': {'b': 1}, 'text/plain': 'better'}
            Table()
            """);

        JsonNode expected = JsonNode.Parse(
            """
            {"text/plain":"better","text/html":"<b>ä</b>","image/png":"iVBORw==","image/jpeg":"/9g=","image/svg+xml":"<svg/>",
             "text/latex":"$x$","application/json":{"a":[1,"ä"]},"application/x":{"b":1}}
            """)!;
        Assert.True(JsonNode.DeepEquals(expected, run.Only("result")["data"]), run.Rich.Single());
        Assert.Equal(["display"], (await session.Run("display(1)")).Rich.Select(line => (string?)JsonNode.Parse(line)!["type"]));
    }

    [Theory]
    [InlineData("class X:\n  def __getattr__(self, name): return lambda *a: 'anything'\n  def __repr__(self): return 'x'\nX()", "{\"text/plain\":\"x\"}")]
    [InlineData("class X:\n  def _repr_html_(self): return 1/0\n  def __repr__(self): return 'x'\nX()", "{\"text/plain\":\"x\"}")]
    [InlineData("class X:\n  def _repr_html_(self): return '\\ud800'\n  def _repr_json_(self): return float('nan')\n  def __repr__(self): return 'x'\nX()", "{\"text/plain\":\"x\",\"text/html\":\"?\"}")]
    [InlineData("class X:\n  def _repr_html_(self): return 'of an instance'\n  def __repr__(self): return 'x'\ntype(X()).__name__", "{\"text/plain\":\"'X'\"}")]
    public async Task Result_OfAStrangeObject_IsWhatCanBeShown(string code, string expected)
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        Run run = await session.Run(code);

        Assert.Equal(0, run.Result.ExitCode);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), run.Only("result")["data"]), run.Rich.Single());
    }

    [Fact]
    public async Task Figures_OpenAtTheEndOfAStep_AreShownAndClosed()
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        await session.Run($"import os\nos.makedirs('matplotlib')\nopen('matplotlib/__init__.py', 'w').close()\nopen('matplotlib/figure.py', 'w').write({Literal(Figures)})\nopen('matplotlib/pyplot.py', 'w').write({Literal(Pyplot)});");

        Run plotted = await session.Run("from matplotlib import pyplot as plt\nplt.plot(1, 2)\nplt.figure()\nprint('text');");
        Run value = await session.Run("plt.figure()");
        Run none = await session.Run("1");

        string[] shown = [.. plotted.Rich.Select(line => JsonNode.Parse(line)!).Select(line => $"{line["type"]} {line["data"]!["image/png"]}")];
        Assert.Equal(["display iVBORwE=", "display iVBORwI="], shown);
        Assert.Equal("text\n", plotted.Out);
        Assert.Equal("iVBORwE=", (string?)JsonNode.Parse(value.Rich.Single())!["data"]!["image/png"]);
        Assert.Equal("1", none.ResultText());
        Assert.Single(none.Rich);
    }

    [Theory]
    [InlineData("display('a' * 9_000_000)")]
    [InlineData("import os\nos.write(1000, b'{\"type\":\"display\",\"data\":{\"text/plain\":\"' + b'a' * 9_000_000 + b'\"}}\\n');")]
    public async Task Display_TooLarge_IsReplacedByANote(string code)
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        Run run = await session.Run(code + "\ndisplay('after')");

        Assert.Equal(
            [NotePlain, "'after'"],
            run.Rich.Select(line => (string?)JsonNode.Parse(line)!["data"]!["text/plain"]));
        Assert.Equal(0, run.Result.ExitCode);
    }

    [Fact]
    public async Task Display_OfMegabytes_ArrivesWhole()
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        Run run = await session.Run("for letter in 'ä€𝄞': display(letter * 1_000_000)\nprint('end')", output: 100 << 20);

        Assert.Equal("end\n", run.Out);
        Assert.Equal(
            ["ä", "€", "𝄞"],
            run.Rich.Select(line => ((string?)JsonNode.Parse(line)!["data"]!["text/plain"])!.Trim('\'')).Select(text =>
            {
                string letter = char.IsHighSurrogate(text[0]) ? text[..2] : text[..1];
                Assert.Equal(string.Concat(Enumerable.Repeat(letter, 1_000_000)), text);
                return letter;
            }));
    }

    [Fact]
    public async Task Display_NobodyReads_MakesTheStepWait()
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        const string code = "for i in range(100):\n  open('shown', 'w').write(str(i))\n  display('a' * 500_000)";
        await using (AgentClient first = await session.Box.Connect())
        await using (await first.Exec(new ExecRequest("much", 0, StepSession.Step(output: 1 << 30)), Encoding.UTF8.GetBytes(code), default, Cancellation))
        {
        }

        // It stands when it has been seen a hundred times in the same write to the agent.
        Run stands = await session.Client.RunShell(
            """
            kernel=/proc/$(pgrep python3)
            for ((same = 0; same < 100; same++)); do
                now="$(cut -d ' ' -f 1-3 $kernel/syscall) $(cat shown)"
                [[ $now == "1 0x3e8 "* && $now == "$before" ]] || same=0
                before=$now
            done
            cat shown
            """, killAll: false);
        await using IAgentExec exec = await session.Client.Exec(new ExecRequest("much", 0, null), default, default, Cancellation);
        Run run = await exec.ToEnd();

        // No further than what the log holds and what is on its way there.
        Assert.InRange(int.Parse(stands.Out, System.Globalization.CultureInfo.InvariantCulture), 1, 5);
        Assert.Equal(100, run.Rich.Count);
    }

    [Fact]
    public async Task Text_WrittenBeforeADisplay_ComesBeforeIt()
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        await using IAgentExec exec = await session.Begin("order", "import sys\nprint('before')\ndisplay(1)\nwhile not sys.stdin.read(): pass", stdin: "x");
        var order = new List<OutputStream>();

        await foreach (AgentOutput output in exec.Output(Cancellation))
            order.Add(output.Stream);

        Assert.Equal([OutputStream.Stdout, OutputStream.Rich], order);
    }

    private static string Literal(string text) => "'''" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'''";
}
