using System.Text.Json;

namespace EdgeRuntime.Daemon.Tests;

/// <summary>The schema for editors says the same as the program.</summary>
[Trait("Category", "Host")]
public class ConfigSchemaTests
{
    private static readonly JsonElement Schema =
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(EdgedProcess.Top, "deploy", "config", "config.schema.json"))).RootElement;

    [Fact]
    public void The_schema_has_the_keys_of_the_program()
    {
        JsonElement properties = Schema.GetProperty("properties");
        Assert.Equal(Keys<DaemonConfig>(), Names(properties));
        Assert.Equal(Keys<SourceConfig>(), Names(properties.GetProperty("source").GetProperty("properties")));
        Assert.Equal(Keys<DecisionConfig>(), Names(properties.GetProperty("decision").GetProperty("properties")));
        Assert.Equal(Keys<ReporterConfig>(), Names(properties.GetProperty("reporters").GetProperty("items").GetProperty("properties")));
    }

    [Fact]
    public void The_schema_has_the_kinds_of_the_program()
    {
        JsonElement properties = Schema.GetProperty("properties");
        Assert.Equal(Enum.GetNames<SourceKind>().Select(Camel), Values(properties.GetProperty("source").GetProperty("properties").GetProperty("kind")));
        Assert.Equal(Enum.GetNames<ReporterKind>().Select(Camel), Values(properties.GetProperty("reporters").GetProperty("items").GetProperty("properties").GetProperty("kind")));
    }

    private static string[] Keys<T>() => [.. typeof(T).GetProperties().Select(p => p.Name == "Schema" ? "$schema" : Camel(p.Name)).Order(StringComparer.Ordinal)];

    private static string[] Names(JsonElement properties) => [.. properties.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal)];

    private static string[] Values(JsonElement key) => [.. key.GetProperty("enum").EnumerateArray().Select(v => v.GetString()!)];

    private static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
