using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Portico.Documents;

/// <summary>
/// The one JSON form of documents, in both stores: camelCase, enums as camelCase names, absent rather than
/// null, times as <c>2026-11-20T08:49:04.1234567Z</c>. The fixed length in UTC is what makes times sort as text.
/// Whole numbers keep within ±(2⁵³ − 1): Cosmos DB holds numbers as doubles and would round what is beyond.
/// </summary>
public static class DocumentJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            NumberHandling = JsonNumberHandling.Strict,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            // Never shown to a browser as it is, so only what JSON itself demands is escaped.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.Converters.Add(new SortableTime());
        options.Converters.Add(new ExactInteger());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class ExactInteger : JsonConverter<long>
    {
        private const long Limit = (1L << 53) - 1;

        public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Checked(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) => writer.WriteNumberValue(Checked(value));

        private static long Checked(long value) => value is >= -Limit and <= Limit
            ? value
            : throw new JsonException($"{value} is beyond what a document's number holds exactly.");
    }

    private sealed class SortableTime : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
    }
}
