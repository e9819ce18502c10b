using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Workflows;

public sealed class SqliteWorkflowQueriesTests(SqliteFixture fixture) : WorkflowQueriesConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class SqliteWorkflowMemoryTests(SqliteFixture fixture) : WorkflowMemoryConformance(fixture), IClassFixture<SqliteFixture>;
