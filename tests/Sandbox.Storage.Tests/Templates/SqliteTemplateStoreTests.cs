using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Templates;

public sealed class SqliteTemplateStoreTests(SqliteFixture fixture) : TemplateStoreConformance(fixture), IClassFixture<SqliteFixture>;
