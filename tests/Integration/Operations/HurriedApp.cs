using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portico;
using Portico.Tools;

namespace Integration.Operations;

/// <summary>
/// The whole app on the embedded host in this process, with a clock that runs fifteen times as fast: an ingest that gives up
/// after a minute and a half of retries does so in seconds. Tools work in a folder of its own, which tests may spoil.
/// </summary>
public sealed class HurriedApp : IAsyncLifetime
{
    private IHost _host = null!;

    public string DataPath { get; } = Directory.CreateTempSubdirectory("portico-hurried-").FullName;

    public Uri Origin { get; private set; } = null!;

    public string WorkPath => Path.Combine(DataPath, "work");

    public static string AdminPassword => "an administrator's password";

    public T Service<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        var builder = FunctionsApplication.CreateBuilder(
        [
            "--Portico:FunctionsAssembly=Portico.App", "--Portico:Port=0", $"--Portico:DataPath={DataPath}", "--Portico:SeedDemo=false",
            "--Portico:BlobRetrySeconds=0.02", $"--Accounts:AdminPassword={AdminPassword}",
        ]);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(new HurriedClock(15));
        builder.AddPortico();
        builder.Services.AddSingleton(new WorkFolders(WorkPath));
        _host = builder.Build();
        Origin = new Uri(builder.Configuration["Portico:DefaultOrigin"]!.Replace("localhost", "127.0.0.1", StringComparison.Ordinal));
        await _host.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        Directory.Delete(DataPath, recursive: true);
    }

    /// <summary>Starts at the present; from then on time passes so many times as fast.</summary>
    private sealed class HurriedClock(int haste) : TimeProvider
    {
        private readonly DateTimeOffset _start = System.GetUtcNow();
        private readonly long _began = System.GetTimestamp();

        public override long TimestampFrequency => System.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => _start + GetElapsedTime(_began, System.GetTimestamp()) * haste;

        public override long GetTimestamp() => _began + ((System.GetTimestamp() - _began) * haste);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new HurriedTimer(System.CreateTimer(callback, state, Hurried(dueTime, haste), Hurried(period, haste)), haste);

        private static TimeSpan Hurried(TimeSpan time, int haste) => time <= TimeSpan.Zero ? time : time / haste;

        private sealed class HurriedTimer(ITimer timer, int haste) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Hurried(dueTime, haste), Hurried(period, haste));

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
