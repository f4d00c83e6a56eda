using System.Net;
using System.Text.Json;
using Portico.Http;

namespace Integration;

/// <summary>Checks of error answers.</summary>
internal static class Problems
{
    /// <summary>The problem in the answer: of the right media type and status, complete, and with the expected code.</summary>
    public static async Task<JsonElement> ShouldBeAsync(this HttpResponseMessage response, ErrorCode expected, string? because = null)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe((HttpStatusCode)expected.Status, $"{because} {text}");
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", text);
        var problem = JsonDocument.Parse(text).RootElement;
        problem.GetProperty("code").GetString().ShouldBe(expected.Code, $"{because} {text}");
        problem.GetProperty("status").GetInt32().ShouldBe(expected.Status);
        problem.GetProperty("title").GetString().ShouldBe(expected.Title);
        problem.GetProperty("type").GetString().ShouldEndWith(expected.Code);
        problem.GetProperty("instance").GetString().ShouldBe(response.RequestMessage!.RequestUri!.AbsolutePath);
        problem.GetProperty("traceId").GetString().ShouldNotBeNullOrEmpty();
        text.ShouldNotContain("Exception");
        text.ShouldNotContain("   at ");
        return problem;
    }

    public static IEnumerable<string> Fields(this JsonElement problem) => problem.GetProperty("errors").EnumerateObject().Select(error => error.Name);
}
