using System.Text;
using Microsoft.AspNetCore.Http;
using Portico.Http;

namespace App.Tests.Http;

public sealed class JsonBodyTests
{
    private sealed record Inner(string? Id, int? Count);

    private sealed record Body(string? Name, long? Bytes, IReadOnlyList<Inner?>? Items);

    [Fact]
    public void Bind_KnownFields_GivesTheirValues()
    {
        var body = JsonBody.Bind<Body>("""{"name":"ä","bytes":3,"items":[{"id":"x","count":1}]}"""u8.ToArray()).Value.ShouldNotBeNull();

        body.Name.ShouldBe("ä");
        body.Bytes.ShouldBe(3);
        body.Items!.Single()!.Id.ShouldBe("x");
    }

    [Fact]
    public void Bind_SeveralFaults_NamesEveryField() =>
        ErrorsOf("""{"name":3,"bytes":"3","nmae":1,"items":{}}""").Keys.ShouldBe(["bytes", "items", "name", "nmae"]);

    [Theory]
    [InlineData("""{"name":3}""", "name", "Must be text.")]
    [InlineData("""{"bytes":"3"}""", "bytes", "Must be a whole number.")]
    [InlineData("""{"bytes":1.5}""", "bytes", "Must be a whole number.")]
    [InlineData("""{"items":"x"}""", "items", "Must be a list.")]
    [InlineData("""{"Name":"x"}""", "Name", "Unknown field.")]
    [InlineData("""{"items":[{"id":"x","other":1}]}""", "items[0].other", "Unknown field, or of the wrong type.")]
    [InlineData("""{"items":[{},{"count":"x"}]}""", "items[1].count", "Unknown field, or of the wrong type.")]
    [InlineData("""{"name":"\ud800"}""", "name", "Must be text.")]
    public void Bind_OneFault_SaysWhatIsWrong(string json, string field, string message) =>
        ErrorsOf(json)[field].ShouldBe([message]);

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("3")]
    [InlineData("{\"name\":\"a\",\"name\":\"b\"}")]
    [InlineData("{\"name\":\"a\"} x")]
    [InlineData("{\"\\ud800\":1}")]
    public void Bind_NotOneJsonObject_IsInvalidJson(string json) =>
        JsonBody.Bind<Body>(Encoding.UTF8.GetBytes(json)).Problem.ShouldBeOfType<Problem>().Error.ShouldBe(ErrorCatalogue.InvalidJson);

    [Theory]
    [InlineData("{\"na\u00ffme\":\"a\"}")]
    [InlineData("{\"name\":\"\u00c0\u00af\"}")]
    public void Bind_NotUtf8_IsInvalidJson(string latin1) =>
        JsonBody.Bind<Body>(Encoding.Latin1.GetBytes(latin1)).Problem.ShouldBeOfType<Problem>().Error.ShouldBe(ErrorCatalogue.InvalidJson);

    [Fact]
    public void Bind_DeeplyNested_IsRefusedWithoutRecursing() =>
        JsonBody.Bind<Body>(Encoding.UTF8.GetBytes("{\"items\":" + new string('[', 100_000))).Problem.ShouldBeOfType<Problem>().Error.ShouldBe(ErrorCatalogue.InvalidJson);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_OverTheLimit_IsTooLarge(bool announcesItsLength)
    {
        var request = Request(Encoding.UTF8.GetBytes($"{{\"name\":\"{new string('x', 2 << 20)}\"}}"));
        request.ContentLength = announcesItsLength ? request.Body.Length : null;

        var read = await JsonBody.ReadAsync<Body>(request, CancellationToken.None);

        read.Problem.ShouldBeOfType<Problem>().Error.ShouldBe(ErrorCatalogue.BodyTooLarge);
        request.Body.Position.ShouldBeLessThanOrEqualTo(JsonBody.DefaultMaxBytes + 1);
    }

    [Fact]
    public async Task Read_ExactlyTheLimitWithoutALength_IsRead()
    {
        const string frame = "{\"name\":\"\"}";
        var request = Request(Encoding.UTF8.GetBytes(frame.Insert(9, new string('x', JsonBody.DefaultMaxBytes - frame.Length))));
        request.ContentLength = null;

        (await JsonBody.ReadAsync<Body>(request, CancellationToken.None)).Value!.Name!.Length.ShouldBe(JsonBody.DefaultMaxBytes - frame.Length);
    }

    [Fact]
    public async Task Read_NoBody_SaysSo() =>
        (await JsonBody.ReadAsync<Body>(Request([]), CancellationToken.None)).Problem.ShouldBeOfType<Problem>().Error.ShouldBe(ErrorCatalogue.EmptyBody);

    [Theory]
    [InlineData("text/plain", false)]
    [InlineData("application/x-www-form-urlencoded", false)]
    [InlineData(null, false)]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("APPLICATION/JSON", true)]
    public async Task Read_MediaType_IsJsonOrRefused(string? type, bool isRead)
    {
        var request = Request("{}"u8.ToArray());
        request.ContentType = type;

        var read = await JsonBody.ReadAsync<Body>(request, CancellationToken.None);

        (read.Value is not null).ShouldBe(isRead);
        (read.Problem as Problem)?.Error.ShouldBe(ErrorCatalogue.UnsupportedMediaType);
    }

    [Fact]
    public async Task ReadPatch_KeepsWhatIsNotNamedAndRemovesNull()
    {
        var patched = await JsonBody.ReadPatchAsync(Request("""{"name":null}"""u8.ToArray()), new Body("x", 3, null), CancellationToken.None);

        patched.Value.ShouldBe(new Body(null, 3, null));
    }

    [Fact]
    public async Task ReadPatch_UnknownFieldSetToNull_IsStillUnknown()
    {
        var patched = await JsonBody.ReadPatchAsync(Request("""{"nmae":null}"""u8.ToArray()), new Body("x", 3, null), CancellationToken.None);

        patched.Problem.ShouldBeOfType<Problem>().Errors!.Keys.ShouldBe(["nmae"]);
    }

    private static IReadOnlyDictionary<string, IReadOnlyList<string>> ErrorsOf(string json) =>
        JsonBody.Bind<Body>(Encoding.UTF8.GetBytes(json)).Problem.ShouldBeOfType<Problem>().Errors.ShouldNotBeNull();

    private static HttpRequest Request(byte[] body)
    {
        var request = new DefaultHttpContext().Request;
        request.ContentType = "application/json";
        request.ContentLength = body.Length;
        request.Body = new MemoryStream(body);
        return request;
    }
}
