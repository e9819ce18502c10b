using System.ComponentModel.DataAnnotations;
using Sandbox.Api;
using Sandbox.Api.Embedded;
using Sandbox.Silo;

// Its settings lie beside the program, from wherever it is started.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
DataFolder folder;
try
{
    folder = builder.AddEmbeddedSilo();
    builder.AddSandboxApi();
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or ValidationException)
{
    // A data folder or a place in it that cannot be had, or a setting that must not be, is for the person who started this, not for a stack trace.
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}

using var held = folder;
builder.AddMember(folder);

var app = builder.Build();
app.MapSandboxApi();
await app.RunAsync();
return 0;
