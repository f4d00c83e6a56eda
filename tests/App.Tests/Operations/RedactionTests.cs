using Portico.Operations;

namespace App.Tests.Operations;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("https://a.blob.core.windows.net/uploads/x?sv=2023&sig=s3cr3t%2F&se=2026", "https://a.blob.core.windows.net/uploads/x?sv=2023&sig=[redacted]&se=2026")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=s3cr3t==;", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=[redacted];")]
    [InlineData("Endpoint=https://x.service.signalr.net;AccessKey=s3cr3t", "Endpoint=https://x.service.signalr.net;AccessKey=[redacted]")]
    [InlineData("wss://x/client?hub=portico&access_token=s3cr3t", "wss://x/client?hub=portico&access_token=[redacted]")]
    [InlineData("Authorization: Bearer s3cr3t.abc", "Authorization: Bearer [redacted]")]
    [InlineData("token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2VjcmV0 was refused", "token [redacted] was refused")]
    [InlineData("exit code=3, keypoints=12", "exit code=3, keypoints=12")]
    public void Text_LosesWhatOpensSomethingAndNothingElse(string text, string expected) =>
        Redaction.Text(text).ShouldBe(expected);

    [Fact]
    public void Json_SecretMembersAndTexts_AreReplacedAtEveryDepth()
    {
        const string input = """{"AssetId":"ast_1","Url":"https://h/x?sig=s3cr3t","Nested":[{"accessToken":"s3cr3t","Count":2},{"PasswordHash":"s3cr3t","keypoints":null}],"Secret":{"a":"s3cr3t"}}""";

        Redaction.Json(input)!.ToJsonString().ShouldBe(
            """{"AssetId":"ast_1","Url":"https://h/x?sig=[redacted]","Nested":[{"accessToken":"[redacted]","Count":2},{"PasswordHash":"[redacted]","keypoints":null}],"Secret":"[redacted]"}""");
    }

    [Fact]
    public void Json_OfWhatIsNone_IsRedactedAsText() =>
        Redaction.Json("{broken sig=s3cr3t")!.GetValue<string>().ShouldBe("{broken sig=[redacted]");

    [Fact]
    public void Text_Longest_IsCut() =>
        Redaction.Text(new string('x', 50), maxLength: 10).ShouldBe("xxxxxxxxxx…");
}
