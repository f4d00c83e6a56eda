using System.Net;

namespace Conformance.Http;

/// <summary>
/// Middleware around HTTP functions. Source for all: Azure/azure-functions-dotnet-worker, test/DotNetWorker.Tests/Pipelines/
/// FunctionsExecutionMiddlewareTests.cs and test/DotNetWorker.Tests/FunctionContextExtensionTests.cs, GetInvocationResult_Works.
/// </summary>
public sealed class MiddlewareTests(Target target)
{
    /// <summary>
    /// The first that was registered is outermost. Its trail goes out as a header, which must still be possible when the
    /// pipeline returns: where the response has been sent by then, as in Azure's proxying middleware that runs inside, it is lost.
    /// </summary>
    [Fact]
    [Trait("Differs", "headers set after the function: sent embedded; in Azure the response may be under way")]
    public async Task Middleware_RunsInTheOrderOfItsRegistration()
    {
        var answer = await target.GetAsync($"middleware/inside/{Key.New("middleware")}");

        (await Target.ReadTextAsync(answer)).ShouldBe("the function");
        var trail = answer.Headers.TryGetValues("x-after", out var values) ? values.Single() : null;
        if (target.Flavour == Flavour.Embedded || trail is not null)
        {
            trail.ShouldBe("outer inner function inner-again outer-again");
        }
    }

    /// <summary>Source: GetInvocationResult_Works: middleware that sets the result answers in the function's place, and the function does not run.</summary>
    [Fact]
    public async Task Middleware_ThatAnswers_KeepsTheFunctionFromRunning()
    {
        var key = Key.New("middleware");

        var answer = await target.GetAsync($"middleware/inside/{key}?refuse");

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"refused":true}""");
        (await target.ObservationsAsync(key)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Middleware_MayReplaceWhatTheFunctionReturned() =>
        (await target.GetTextAsync($"middleware/inside/{Key.New("middleware")}?replace")).ShouldBe("the function, replaced");

    /// <summary>A function's exception reaches middleware as it was thrown, and middleware may answer for it.</summary>
    [Fact]
    public async Task Middleware_SeesTheFunctionsException()
    {
        var answer = await target.GetAsync("middleware/throws");

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"caught":"not this"}""");
    }
}
