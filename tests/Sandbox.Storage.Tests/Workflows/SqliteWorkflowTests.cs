using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Workflows;

public sealed class SqliteWorkflowQueriesTests(SqliteFixture fixture) : WorkflowQueriesConformance(fixture), IClassFixture<SqliteFixture>;
