using System.Collections;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Azure;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Portico.Documents;
using Portico.Http;
using Portico.Storage;

namespace App.Tests.Http;

public sealed class ProblemMiddlewareTests
{
    private const string Secret = "https://account.blob.core.windows.net/uploads/x?sig=secret";

    public static TheoryData<Exception> Outages =>
    [
        new RequestFailedException(0, Secret),
        new RequestFailedException(429, Secret),
        new RequestFailedException(503, Secret),
        new AggregateException(Secret, new RequestFailedException(0, Secret), new RequestFailedException(500, Secret)),
        new AggregateException(new AggregateException(new RequestFailedException(0, Secret))),
    ];

    public static TheoryData<Exception> Bugs =>
    [
        new InvalidOperationException(Secret),
        new RequestFailedException(403, Secret),
        new RequestFailedException(409, Secret),
        new AggregateException(new RequestFailedException(0, Secret), new InvalidOperationException(Secret)),
    ];

    [Theory]
    [MemberData(nameof(Outages), DisableDiscoveryEnumeration = true)]
    public async Task Invoke_StorageDoesNotAnswer_SaysSoAndWhenToComeBack(Exception outage)
    {
        var (http, text) = await AnswerAsync(outage);

        http.Response.StatusCode.ShouldBe(503);
        http.Response.Headers.RetryAfter.ToString().ShouldBe("5");
        JsonDocument.Parse(text).RootElement.GetProperty("code").GetString().ShouldBe("service.storage_unavailable");
        text.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData(null, "5")]
    [InlineData(120, "1")]
    [InlineData(7_001, "8")]
    public async Task Invoke_DocumentsDoNotAnswer_PassesOnWhenTheStoreWantsToBeAskedAgain(int? retryAfterMs, string expected)
    {
        TimeSpan? retryAfter = retryAfterMs is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;

        var (http, text) = await AnswerAsync(new DocumentStoreUnavailableException(Secret, retryAfter, null));

        http.Response.StatusCode.ShouldBe(503);
        http.Response.Headers.RetryAfter.ToString().ShouldBe(expected);
        JsonDocument.Parse(text).RootElement.GetProperty("code").GetString().ShouldBe("service.storage_unavailable");
        text.ShouldNotContain("secret");
    }

    [Fact]
    public async Task Invoke_NoRoomOnTheDisk_HasACodeOfItsOwn()
    {
        var (http, text) = await AnswerAsync(new DiskFullException(new InvalidOperationException(Secret)));

        http.Response.StatusCode.ShouldBe(507);
        http.Response.Headers.RetryAfter.ToString().ShouldBe("60");
        JsonDocument.Parse(text).RootElement.GetProperty("code").GetString().ShouldBe("service.storage_full");
        text.ShouldNotContain("secret");
    }

    [Theory]
    [MemberData(nameof(Bugs), DisableDiscoveryEnumeration = true)]
    public async Task Invoke_AnythingElse_IsOurFaultAndTellsNothing(Exception bug)
    {
        var (http, text) = await AnswerAsync(bug);

        http.Response.StatusCode.ShouldBe(500);
        http.Response.Headers.RetryAfter.ToString().ShouldBeEmpty();
        JsonDocument.Parse(text).RootElement.GetProperty("code").GetString().ShouldBe("service.internal");
        text.ShouldNotContain("secret");
    }

    /// <summary>What a caller gets when the function throws.</summary>
    private static async Task<(HttpContext Http, string Text)> AnswerAsync(Exception thrown)
    {
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        http.Response.Body = body;
        var context = new HttpInvocation(http);

        await new ProblemMiddleware(NullLogger<ProblemMiddleware>.Instance).Invoke(context, _ => Task.FromException(thrown));
        await context.GetInvocationResult().Value.ShouldBeOfType<Problem>().ExecuteAsync(http);

        return (http, Encoding.UTF8.GetString(body.ToArray()));
    }

    /// <summary>An invocation that HTTP started.</summary>
    private sealed class HttpInvocation : FunctionContext
    {
        public HttpInvocation(HttpContext http)
        {
            Items = new Dictionary<object, object> { [FunctionContextExtensions.HttpContextKey] = http };
            Features.Set(new ReturnedValue());
        }

        public override string InvocationId => "1";
        public override string FunctionId => "1";
        public override TraceContext TraceContext => throw new NotSupportedException();
        public override BindingContext BindingContext => throw new NotSupportedException();
        public override RetryContext RetryContext => throw new NotSupportedException();
        public override IServiceProvider InstanceServices { get; set; } = new ServiceCollection().BuildServiceProvider();
        public override FunctionDefinition FunctionDefinition { get; } = new Definition();
        public override IDictionary<object, object> Items { get; set; }
        public override IInvocationFeatures Features { get; } = new FeatureSet();
    }

    private sealed class Definition : FunctionDefinition
    {
        public override ImmutableArray<FunctionParameter> Parameters => [];
        public override string PathToAssembly => "";
        public override string EntryPoint => "";
        public override string Id => "1";
        public override string Name => "Tested";
        public override IImmutableDictionary<string, BindingMetadata> InputBindings => ImmutableDictionary<string, BindingMetadata>.Empty;
        public override IImmutableDictionary<string, BindingMetadata> OutputBindings => ImmutableDictionary<string, BindingMetadata>.Empty;
    }

    private sealed class FeatureSet : IInvocationFeatures
    {
        private readonly Dictionary<Type, object> _features = [];

        public void Set<T>(T instance) => _features[typeof(T)] = instance!;

        public T? Get<T>() => _features.TryGetValue(typeof(T), out var instance) ? (T)instance : default;

        public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
