using System.Diagnostics;

namespace Sandbox.EndToEnd.Tests.DotNet;

/// <summary>The client library as a package, in a program of its own: that of the README.</summary>
public sealed class PackageTests(SharedServer shared) : IDisposable
{
    private static readonly string Output = AppContext.BaseDirectory.TrimEnd('/');
    private static readonly string Root = Path.GetFullPath(Path.Combine(Output, "../../../.."));

    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-dotnet-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Program_OfTheReadme_PrintsWhatItSays()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Root, "README.md"), Token);
        var program = readme.Split("```csharp\n")[1].Split("```")[0];
        var promised = readme.Split("```csharp\n")[1].Split("```text\n")[1].Split("```")[0];
        await Run("pack", Path.Combine(Root, "src/Sandbox.Client"), "--no-build", "-c", Path.GetFileName(Output), "-o", Path.Combine(_folder, "packages"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "Program.cs"), program, Token);
        await File.WriteAllTextAsync(Path.Combine(_folder, "program.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <RestoreSources>{_folder}/packages</RestoreSources>
                <RestorePackagesPath>{_folder}/restored</RestorePackagesPath>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Sandbox.Client" Version="*" />
              </ItemGroup>
            </Project>
            """, Token);

        Assert.Equal(promised, await Run("run", "--project", Path.Combine(_folder, "program.csproj")));
    }

    private async Task<string> Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["SANDBOX_URL"] = shared.Client.Http.BaseAddress!.ToString(),
                ["SANDBOX_API_KEY"] = shared.Client.Http.DefaultRequestHeaders.Authorization!.Parameter,
                ["DOTNET_NOLOGO"] = "1",
                // No process of the compiler's stays behind.
                ["UseSharedCompilation"] = "false",
                ["MSBUILDDISABLENODEREUSE"] = "1",
            },
        })!;
        var errors = process.StandardError.ReadToEndAsync(Token);
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}:\n{output}{await errors}");
        return output;
    }
}
