using App.Tests.Documents;
using Portico.Accounts;

namespace App.Tests.Accounts;

public sealed class SignInThrottleTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SqliteDocuments _documents = new();
    private readonly SettableClock _clock = new();
    private readonly SignInThrottle _throttle;

    public SignInThrottleTests() => _throttle = new SignInThrottle(_documents.Store, _clock);

    public ValueTask DisposeAsync() => _documents.DisposeAsync();

    [Fact]
    public async Task Begin_AVolleyOfGuesses_LetsExactlyTheLimitThrough()
    {
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() => _throttle.BeginAsync("victim@example.com", None))));

        verdicts.Count(wait => wait is null).ShouldBe(SignInThrottle.MaxAttempts);
    }

    [Fact]
    public async Task Begin_AfterTheWindow_StartsAnew()
    {
        for (var i = 0; i < SignInThrottle.MaxAttempts; i++)
        {
            await _throttle.BeginAsync("a@example.com", None);
        }

        var wait = (await _throttle.BeginAsync("A@Example.com ", None)).ShouldNotBeNull("letter case and spaces make no other address");
        _clock.Advance(wait);

        (await _throttle.BeginAsync("a@example.com", None)).ShouldBeNull();
    }

    [Fact]
    public async Task Succeeded_ForgetsTheAttempts()
    {
        for (var i = 0; i < SignInThrottle.MaxAttempts * 3; i++)
        {
            (await _throttle.BeginAsync("a@example.com", None)).ShouldBeNull();
            await _throttle.SucceededAsync("a@example.com", None);
        }
    }
}
