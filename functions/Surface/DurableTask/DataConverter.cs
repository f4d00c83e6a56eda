using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Microsoft.DurableTask
{
    /// <summary>Turns inputs, outputs, events and custom statuses into text and back.</summary>
    public abstract class DataConverter
    {
        /// <summary>Text of a value; null of null.</summary>
        [return: NotNullIfNotNull(nameof(value))]
        public abstract string? Serialize(object? value);

        /// <summary>Value of a text; null of null.</summary>
        [return: NotNullIfNotNull(nameof(data))]
        public abstract object? Deserialize(string? data, Type targetType);

        /// <summary>Value of a text; the type's default of null.</summary>
        [return: NotNullIfNotNull(nameof(data))]
        public virtual T? Deserialize<T>(string? data) => (T?)(Deserialize(data, typeof(T)) ?? default(T));
    }
}

namespace Microsoft.DurableTask.Converters
{
    /// <summary>System.Text.Json: names as declared, fields included, as the official worker does by default.</summary>
    public class JsonDataConverter : DataConverter
    {
        // Histories in flight were written with these: changing them breaks those.
        static readonly JsonSerializerOptions DefaultOptions = new() { IncludeFields = true };

        readonly JsonSerializerOptions _options;

        /// <summary>A converter with the default options, or with those given.</summary>
        public JsonDataConverter(JsonSerializerOptions? options = null) => _options = options ?? DefaultOptions;

        /// <summary>The converter with default options.</summary>
        public static JsonDataConverter Default { get; } = new();

        /// <inheritdoc/>
        public override string? Serialize(object? value) =>
            value is null ? null : JsonSerializer.Serialize(value, value.GetType(), _options);

        /// <inheritdoc/>
        public override object? Deserialize(string? data, Type targetType) =>
            data is null ? null : JsonSerializer.Deserialize(data, targetType, _options);
    }
}
