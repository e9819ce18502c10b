using Sandbox.Api;
using Sandbox.Api.Embedded;
using Sandbox.Silo;

var builder = WebApplication.CreateBuilder(args);
using var folder = builder.AddEmbeddedSilo();
builder.AddSandboxApi();
builder.Services.AddServerAnnouncement();

var app = builder.Build();
app.MapSandboxApi();
await app.RunAsync();
