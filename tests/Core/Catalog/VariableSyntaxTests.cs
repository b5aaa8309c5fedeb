using System.Text;
using Ensemble.Catalog.Reading;

namespace Ensemble.Catalog.Tests;

/// <summary>What other programs write for a variable, and what only looks a little like that.</summary>
public sealed class VariableSyntaxTests
{
    [Theory]
    [InlineData("${OPENAI_KEY}", "OPENAI_KEY")]
    [InlineData("${openai_key}", "openai_key")]
    [InlineData("${OPENAI_KEY:-none}", "OPENAI_KEY")]
    [InlineData("${env:OPENAI_KEY}", "OPENAI_KEY")]
    [InlineData("$OPENAI_KEY", "OPENAI_KEY")]
    [InlineData("$env:OPENAI_KEY", "OPENAI_KEY")]
    [InlineData("$(OPENAI_KEY)", "OPENAI_KEY")]
    [InlineData("%OPENAI_KEY%", "OPENAI_KEY")]
    [InlineData("os.environ/OPENAI_KEY", "OPENAI_KEY")]
    [InlineData("os.environ['OPENAI_KEY']", "OPENAI_KEY")]
    [InlineData("os.getenv(\"OPENAI_KEY\")", "OPENAI_KEY")]
    [InlineData("process.env.OPENAI_KEY", "OPENAI_KEY")]
    [InlineData("{{ env \"OPENAI_KEY\" }}", "OPENAI_KEY")]
    [InlineData("{{OPENAI_KEY}}", "OPENAI_KEY")]
    [InlineData("{{ .Env.OPENAI_KEY }}", "OPENAI_KEY")]
    [InlineData("${{ secrets.OPENAI_KEY }}", "OPENAI_KEY")]
    [InlineData("{env:OPENAI_KEY}", "OPENAI_KEY")]
    [InlineData("env.OPENAI_KEY", "OPENAI_KEY")]
    [InlineData("ENV:OPENAI_KEY", "OPENAI_KEY")]
    [InlineData("<OPENAI_KEY>", "OPENAI_KEY")]
    public void NameIn_OtherWaysToNameAVariable_GivesItsName(string text, string name) => VariableSyntax.NameIn(text).ShouldBe(name);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("OPENAI_KEY")]
    [InlineData("sk-0123456789abcdef")]
    [InlineData("sk_live_0123456789")]
    [InlineData("$ecret")]
    [InlineData("$2b$10$abcdefghijk")]
    [InlineData("gpt-4.1")]
    [InlineData("meta/llama")]
    [InlineData("secret/abcdef")]
    [InlineData("env.")]
    [InlineData("${}")]
    [InlineData("${1X}")]
    [InlineData("https://host.example/v1")]
    [InlineData("a.b/c:d")]
    public void NameIn_AnythingElse_IsNull(string text) => VariableSyntax.NameIn(text).ShouldBeNull();

    [Theory]
    [InlineData("${TEAM_KEY_OF_ALL}")]
    [InlineData("$TEAM_KEY_OF_ALL")]
    [InlineData("os.environ/TEAM_KEY_OF_ALL")]
    [InlineData("{{ env.TEAM_KEY_OF_ALL }}")]
    [InlineData("env:${TEAM_KEY_OF_ALL}")]
    public void Read_SecretThatNamesAVariable_SaysWhatToWrite(string text)
    {
        foreach (var (json, path) in (IEnumerable<(string, string)>)
                 [
                     ($$"""{ "models": [ { "display_name": "a", "provider": "openai", "model": "m", "api_key": "{{text}}" } ] }""", "models[0].api_key"),
                     (CatalogSamples.WithKeys($$"""{ "name": "team", "key": "{{text}}" }"""), "keys[0].key"),
                 ])
        {
            var error = CatalogSamples.Read(json).Errors.ShouldHaveSingleItem();
            error.Path.ShouldBe(path);
            error.Fix.ShouldBe("Write \"env:TEAM_KEY_OF_ALL\".");
        }
    }

    [Theory]
    [InlineData("\"base_url\": \"${BASE_URL}\"", "models[0].base_url")]
    [InlineData("\"model\": \"$MODEL_NAME\"", "models[0].model")]
    public void Read_OtherFieldThatNamesAVariable_IsAnError(string field, string path)
    {
        var model = field.Contains("\"model\"", StringComparison.Ordinal) ? "" : "\"model\": \"m\", ";
        var error = CatalogSamples.Read($$"""{ "models": [ { "display_name": "a", "provider": "openai", {{model}}"api_key": "env:KEY_A", {{field}} } ] }""")
            .Errors.ShouldHaveSingleItem();

        error.Path.ShouldBe(path);
        error.Rule.ShouldStartWith("names a variable");
    }

    [Theory]
    [InlineData("model_list:\n  - model_name: a\n", "YAML")]
    [InlineData("# models\nmodels: []\n", "YAML")]
    [InlineData("\n---\nmodels:\n", "YAML")]
    [InlineData("- display_name: a\n", "YAML")]
    [InlineData("OPENAI_KEY=sk-very-secret\n", "YAML")]
    [InlineData(" \n", "empty")]
    [InlineData("", "empty")]
    public void Read_AnotherFormat_SaysThatACatalogIsJson(string text, string words)
    {
        var error = CatalogReader.Read(Encoding.UTF8.GetBytes(text), 1).Errors.ShouldHaveSingleItem();

        error.Rule.ShouldContain(words);
        error.Fix.ShouldContain("{\"models\":");
        error.ToString().ShouldNotContain("very-secret");
    }

    [Fact]
    public void Read_WindowsPathWithSingleBackslashes_SaysHowToWriteThem()
    {
        var error = CatalogSamples.Read(CatalogSamples.WithModel("\"family\": \"file:C:\\secrets\\x\"")).Errors.ShouldHaveSingleItem();

        error.Fix.ShouldContain("""C:\\folder\\name""");
    }
}
