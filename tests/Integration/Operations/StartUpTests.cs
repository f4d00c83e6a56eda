using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

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

    [Fact]
    public async Task Start_StorageRefuses_SaysSoInASentenceAndEnds()
    {
        await using var storage = new RefusingStorage();

        var (exitCode, _, errors) = await StartAsync(("AzureWebJobsStorage", storage.ConnectionString));

        exitCode.ShouldBe(1);
        errors.ShouldContain($"Blob storage at {storage.Endpoint} can't be used: it answered 403 AuthenticationFailed.");
        errors.ShouldContain("AzureWebJobsStorage");
        errors.ShouldNotContain("   at ");
        errors.ShouldNotContain(RefusingStorage.Key);
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

    /// <summary>An account whose key is another than the app's.</summary>
    private sealed class RefusingStorage : IAsyncDisposable
    {
        public const string Key = "b3RoZXIga2V5";
        private readonly WebApplication _service;

        public RefusingStorage()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            _service = builder.Build();
            _service.Run(http =>
            {
                http.Response.StatusCode = StatusCodes.Status403Forbidden;
                http.Response.Headers["x-ms-error-code"] = "AuthenticationFailed";
                return Task.CompletedTask;
            });
            _service.StartAsync().GetAwaiter().GetResult();
        }

        public string Endpoint => $"{_service.Urls.Single()}/account";

        public string ConnectionString => $"DefaultEndpointsProtocol=http;AccountName=account;AccountKey={Key};BlobEndpoint={Endpoint};";

        public ValueTask DisposeAsync() => _service.DisposeAsync();
    }
}
