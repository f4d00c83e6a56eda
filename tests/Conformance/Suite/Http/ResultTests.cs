using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Conformance.Http;

/// <summary>What a function may return, and what becomes of it.</summary>
public sealed class ResultTests(Target target)
{
    /// <summary>
    /// Both result families are executed; JSON names are camelCase, nulls stay. Source: Azure/azure-functions-dotnet-worker,
    /// FunctionsHttpProxyingMiddlewareTests.cs, SimpleHttpTrigger_ActionResultHandled and SimpleHttpTrigger_IResultHandled.
    /// </summary>
    [Theory]
    [InlineData("results/object")]
    [InlineData("results/json")]
    public async Task Value_FromEitherFamily_IsTheSameJson(string path)
    {
        var answer = await target.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.NonAuthoritativeInformation);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        JsonElement.DeepEquals(
            JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement,
            JsonDocument.Parse("""{"longName":"a","nothing":null,"when":"2026-01-02T03:04:05+00:00"}""").RootElement).ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Created_CarriesLocationAndBody()
    {
        var answer = await target.SendAsync(HttpMethod.Post, "results/created");

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        answer.Headers.Location!.ToString().ShouldBe("/somewhere/else");
        (await Target.ReadAsync<JsonElement>(answer)).GetProperty("id").GetInt32().ShouldBe(7);
    }

    [Fact]
    public async Task NoContent_HasNone()
    {
        var answer = await target.GetAsync("results/no-content");

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    /// <summary>A function's own 404 is its own: the host puts nothing in its place.</summary>
    [Fact]
    public async Task NotFound_ByTheFunction_KeepsItsBody()
    {
        var answer = await target.GetAsync("results/not-found");

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"reason":"the function says so"}""");
    }

    [Fact]
    public async Task Redirect_IsSentToTheClient()
    {
        var answer = await target.GetAsync("results/redirect");

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldBe("/elsewhere");
    }

    [Fact]
    public async Task Content_KeepsStatusTypeAndText()
    {
        var answer = await target.GetAsync("results/text");

        ((int)answer.StatusCode).ShouldBe(418);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        (await answer.Content.ReadAsStringAsync()).ShouldBe("<p>Grüße</p>");
    }

    [Fact]
    public async Task Stream_HonoursRanges()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, target.Address("results/stream"));
        request.Headers.Range = new RangeHeaderValue(256, 259);

        var part = await target.SendAsync(request);

        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        part.Content.Headers.ContentRange!.ToString().ShouldBe("bytes 256-259/300000");
        (await part.Content.ReadAsByteArrayAsync()).ShouldBe([0, 1, 2, 3]);
        (await (await target.GetAsync("results/stream")).Content.ReadAsByteArrayAsync()).Length.ShouldBe(300_000);
    }

    /// <summary>
    /// What a function without a result wrote to the response stands. Source: FunctionsHttpProxyingMiddleware.cs,
    /// TryHandleHttpResult: a result that is none leaves the response alone.
    /// </summary>
    [Fact]
    public async Task Response_WrittenByHand_Stands()
    {
        var answer = await target.GetAsync("results/written");

        answer.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        answer.Headers.GetValues("x-written").ShouldBe(["by hand"]);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("first second");
    }

    /// <summary>
    /// One property is the response, another a blob. Source: FunctionsHttpProxyingMiddlewareTests.cs, MultipleOutput_IActionResultIsHandled;
    /// test/DotNetWorker.Tests/OutputBindings/OutputBindingsMiddlewareTests.cs, AddsStorageOutput_AndHttpReturn_FromReturnType.
    /// </summary>
    [Fact]
    public async Task SeveralOutputs_GoEachItsWay()
    {
        var name = Key.New("output");

        var answer = await target.SendAsync(HttpMethod.Post, $"results/with-blob/{name}");

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await Target.ReadAsync<JsonElement>(answer)).GetProperty("stored").GetString().ShouldBe(name);
        await target.EventuallyAsync(
            async () => await (await target.GetAsync($"blobs/conformance-outputs/{name}.txt")).Content.ReadAsStringAsync(), text => text == $"for {name}");
    }

    /// <summary>
    /// A failed invocation is a 500 that keeps the reason to itself. Source: Azure/azure-functions-dotnet-worker,
    /// test/E2ETests/E2EApps/E2EApp/Http/FailingHttpFunctions.cs.
    /// </summary>
    [Fact]
    public async Task Exception_IsA500WithoutItsReason()
    {
        var answer = await target.GetAsync("results/exception");

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("secret");
    }

    /// <summary>
    /// The function's class and the request share the invocation's scope; the next invocation has another. Source:
    /// Azure/azure-functions-dotnet-worker, WorkerRequestServicesMiddlewareTests.cs, ServiceProviders_Equal.
    /// </summary>
    [Fact]
    public async Task Services_LiveAsLongAsTheInvocation()
    {
        var one = await target.GetJsonAsync<JsonElement>("results/scope");
        var two = await target.GetJsonAsync<JsonElement>("results/scope");

        one.GetProperty("again").GetGuid().ShouldBe(one.GetProperty("mine").GetGuid());
        two.GetProperty("mine").GetGuid().ShouldNotBe(one.GetProperty("mine").GetGuid());
    }
}
