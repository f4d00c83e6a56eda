using System.Diagnostics;

namespace Integration.Operations;

public sealed class StartUpTests : IDisposable
{
    private readonly string _dataPath = Directory.CreateTempSubdirectory("portico-start-").FullName;

    public void Dispose() => Directory.Delete(_dataPath, recursive: true);

    [Fact]
    public async Task Start_SeveralSettingsWrong_NamesAllAtOnceAndEnds()
    {
        var (exitCode, output, errors) = await StartAsync(
            ("AzureOpenAI__Endpoint", "not an address"),
            ("CosmosDb__ConnectionMode", "Sideways"),
            ("CosmosDb__ConnectionString", "AccountEndpoint=https://a.documents.azure.com:443/;AccountKey=c2VjcmV0;"),
            ("AzureWebJobsStorage", "AccountKey=s3cr3t"),
            ("Portico__SeedDemo", "perhaps"));

        exitCode.ShouldBe(1);
        foreach (var setting in new[] { "AzureOpenAI__Endpoint", "CosmosDb__ConnectionMode", "AzureWebJobsStorage", "Portico__SeedDemo" })
        {
            errors.ShouldContain($"  - {setting} ", customMessage: errors);
        }

        (output + errors).ShouldNotContain("s3cr3t");
        (output + errors).ShouldNotContain("c2VjcmV0");
        (output + errors).ShouldNotContain("   at ");
        output.ShouldContain("portico AI: misconfigured");
        output.ShouldContain("portico realtime: embedded");
    }

    [Fact]
    public async Task Start_HostsOwnSettingsWrong_NamesAllAtOnceAndEnds()
    {
        var (exitCode, _, errors) = await StartAsync(("Portico__Port", "eighty"), ("Portico__DrainSeconds", "-1"), ("Portico__Bind", "my-machine"));

        exitCode.ShouldBe(1);
        errors.ShouldContain("Portico__Port is eighty");
        errors.ShouldContain("Portico__DrainSeconds is -1");
        errors.ShouldContain("Portico__Bind is my-machine");
        errors.ShouldNotContain("   at ");
    }

    private async Task<(int ExitCode, string Output, string Errors)> StartAsync(params (string Name, string Value)[] settings)
    {
        var start = RunningApp.Command();
        start.Environment["Portico__Port"] = "0";
        start.Environment["Portico__DataPath"] = _dataPath;
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return (process.ExitCode, await output, await errors);
    }
}
