using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;

namespace Portico.EmbeddedHost.Invocation;

/// <summary>Produces the argument for one parameter of one function.</summary>
internal delegate ValueTask<object?> ArgumentBinder(InvocationContext context);

/// <summary>
/// One way to fill parameters. Each trigger and input brings its own; the first that takes a parameter binds it.
/// </summary>
internal interface IParameterBinding
{
    /// <summary>The binder for <paramref name="parameter"/>, or null when this binding does not concern it. Called once a parameter.</summary>
    ArgumentBinder? TryBind(FunctionDescriptor function, BoundParameter parameter);
}

/// <summary>One way to send what a function returned.</summary>
internal interface IOutputBinding
{
    /// <summary>Whether this binding sends <paramref name="output"/>.</summary>
    bool Sends(FunctionOutput output);

    /// <summary>Sends <paramref name="value"/>, which is never null.</summary>
    ValueTask SendAsync(FunctionOutput output, object value, InvocationContext context);
}

/// <summary>The parameters that every kind of function may have: context, cancellation, values by name.</summary>
internal sealed class ContextBinding : IParameterBinding
{
    public ArgumentBinder? TryBind(FunctionDescriptor function, BoundParameter parameter)
    {
        if (parameter.Type == typeof(FunctionContext))
        {
            return static context => ValueTask.FromResult<object?>(context);
        }

        if (parameter.Type == typeof(CancellationToken))
        {
            return static context => ValueTask.FromResult<object?>(context.CancellationToken);
        }

        return parameter.Binding is null ? context => ValueTask.FromResult(ByName(context, parameter)) : null;
    }

    private static object? ByName(InvocationContext context, BoundParameter parameter)
    {
        if (context.Data.TryGetValue(parameter.Name, out var value) && value is not null)
        {
            return ValueConversion.To(parameter.Type, value, parameter.Name);
        }

        if (parameter.Definition.HasDefaultValue)
        {
            return parameter.Definition.DefaultValue;
        }

        return parameter.Definition.IsReferenceOrNullableType
            ? null
            : throw new BindingException(parameter.Name, $"Nothing in the trigger is named '{parameter.Name}'.");
    }
}

/// <summary>Turns what a trigger delivered by name (text, JSON) into a parameter's type.</summary>
internal static class ValueConversion
{
    /// <exception cref="BindingException">The value does not fit the type.</exception>
    public static object? To(Type type, object value, string name)
    {
        if (type.IsInstanceOfType(value))
        {
            return value;
        }

        try
        {
            if (value is JsonElement json)
            {
                return json.Deserialize(type, JsonSerializerOptions.Web);
            }

            var target = Nullable.GetUnderlyingType(type) ?? type;
            return value is string text
                ? TypeDescriptor.GetConverter(target).ConvertFromInvariantString(text)
                : Convert.ChangeType(value, target, CultureInfo.InvariantCulture);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            throw new BindingException(name, $"'{name}' is not a valid {type.Name}.", failure);
        }
    }
}

/// <summary>What the caller sent does not fit the function's signature. Safe to show: it holds no value.</summary>
internal sealed class BindingException(string parameter, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Parameter { get; } = parameter;
}
