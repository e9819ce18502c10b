namespace Sandbox.Cli.Completion;

/// <summary>
/// What a shell is told so that it completes <c>sandbox</c>. Each script asks the program that has printed it, by its full path: never one that
/// lies in the folder where somebody happens to be. What comes back is compared as text, and nothing of it is evaluated.
/// </summary>
internal static class CompletionScripts
{
    private const string Program = "@program@";
    private const string Data = "@data@";

    private const string Bash = """
        # Completion of sandbox for bash. In ~/.bashrc: source <(sandbox completion bash)
        _sandbox() {
          local line=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[COMP_CWORD]} item
          # Without the name that it was called by.
          line="sandbox ${line#*[[:space:]]}"
          COMPREPLY=()
          while IFS= read -r item; do
            [[ $item == "$word"* ]] && COMPREPLY+=("$item")
          done < <(SANDBOX_DATA=${SANDBOX_DATA:-@data@} @program@ "[suggest:${#line}]" "$line" 2>/dev/null)
        }
        complete -o default -F _sandbox sandbox ./sandbox
        """;

    private const string Zsh = """
        #compdef sandbox
        # Completion of sandbox for zsh. In ~/.zshrc, after compinit: source <(sandbox completion zsh)
        _sandbox() {
          local line="sandbox ${${LBUFFER}#*[[:space:]]}"
          local -a items
          items=("${(@f)$(SANDBOX_DATA=${SANDBOX_DATA:-@data@} @program@ "[suggest:${#line}]" "$line" 2>/dev/null)}")
          if (( ${#items} )) && [[ -n ${items[1]} ]]; then
            compadd -- "${items[@]}"
          else
            _files
          fi
        }
        compdef _sandbox sandbox ./sandbox
        """;

    private const string Fish = """
        # Completion of sandbox for fish: sandbox completion fish > ~/.config/fish/completions/sandbox.fish
        function __sandbox_complete
          set -l line "sandbox "(string replace -r '^\S+\s*' '' -- (commandline -cp))
          if not set -q SANDBOX_DATA; and test -n @data@
            set -fx SANDBOX_DATA @data@
          end
          @program@ "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c sandbox -a "(__sandbox_complete)"
        """;

    private const string PowerShell = """
        # Completion of sandbox for PowerShell. In $PROFILE: sandbox completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName sandbox -ScriptBlock {
          param($word, $ast, $cursor)
          $line = $ast.ToString()
          if ($line.Length -lt $cursor) { $line = $line.PadRight($cursor) }
          $line = 'sandbox ' + ($line.Substring(0, $cursor) -replace '^\S+\s*', '')
          $before = $env:SANDBOX_DATA
          try {
            if (-not $before -and @data@) { $env:SANDBOX_DATA = @data@ }
            & @program@ "[suggest:$($line.Length)]" $line 2>$null | Where-Object { $_.StartsWith($word) } |
              ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
          } finally {
            $env:SANDBOX_DATA = $before
          }
        }
        """;

    /// <summary>Names of the shells.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "pwsh"];

    /// <summary>The script of a shell.</summary>
    /// <param name="shell">One of <see cref="Shells"/>.</param>
    /// <param name="program">Full path of this program.</param>
    /// <param name="data">Data folder of the local server, where one is known; it is used where the shell's environment names none.</param>
    public static string Of(string shell, string program, string? data)
    {
        var (text, quote) = shell switch
        {
            "bash" => (Bash, (Func<string, string>)Posix),
            "zsh" => (Zsh, Posix),
            "fish" => (Fish, InFish),
            _ => (PowerShell, InPowerShell),
        };
        return text.Replace(Program, quote(program), StringComparison.Ordinal).Replace(Data, quote(data ?? string.Empty), StringComparison.Ordinal) + "\n";
    }

    private static string Posix(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static string InFish(string text) => $"'{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";

    private static string InPowerShell(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
