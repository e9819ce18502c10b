using Sandbox.Api;

var builder = WebApplication.CreateBuilder(args);
builder.AddSandboxApi();

var app = builder.Build();
app.MapSandboxApi();
await app.RunAsync();
