using System.Collections.Immutable;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>A function as it is declared in code.</summary>
public abstract class FunctionDefinition
{
    /// <summary>The method's parameters, in order.</summary>
    public abstract ImmutableArray<FunctionParameter> Parameters { get; }

    /// <summary>Path of the assembly that declares it.</summary>
    public abstract string PathToAssembly { get; }

    /// <summary>Full type name, a dot, method name.</summary>
    public abstract string EntryPoint { get; }

    /// <summary>Stable id.</summary>
    public abstract string Id { get; }

    /// <summary>The name in <see cref="FunctionAttribute"/>.</summary>
    public abstract string Name { get; }

    /// <summary>Trigger and input bindings, by parameter name.</summary>
    public abstract IImmutableDictionary<string, BindingMetadata> InputBindings { get; }

    /// <summary>Output bindings, by property name, or <c>$return</c>.</summary>
    public abstract IImmutableDictionary<string, BindingMetadata> OutputBindings { get; }
}

/// <summary>A parameter of a function.</summary>
public class FunctionParameter
{
    public FunctionParameter(string name, Type type)
        : this(name, type, ImmutableDictionary<string, object>.Empty)
    {
    }

    public FunctionParameter(string name, Type type, IReadOnlyDictionary<string, object> properties)
        : this(name, type, false, null, properties)
    {
    }

    public FunctionParameter(string name, Type type, bool hasDefaultValue, object? defaultValue)
        : this(name, type, hasDefaultValue, defaultValue, ImmutableDictionary<string, object>.Empty)
    {
    }

    public FunctionParameter(string name, Type type, bool hasDefaultValue, object? defaultValue, IReadOnlyDictionary<string, object> properties)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(properties);
        Name = name;
        Type = type;
        HasDefaultValue = hasDefaultValue;
        DefaultValue = defaultValue;
        IsReferenceOrNullableType = !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;
        Properties = properties;
    }

    /// <summary>Name in code; bindings match by it.</summary>
    public string Name { get; }

    /// <summary>Type in code.</summary>
    public Type Type { get; }

    /// <summary>Whether the code gives a default.</summary>
    public bool HasDefaultValue { get; }

    /// <summary>Whether null may be passed.</summary>
    public bool IsReferenceOrNullableType { get; }

    /// <summary>The default in code, null without one.</summary>
    public object? DefaultValue { get; }

    /// <summary>Extras that bindings read, such as the binding attribute.</summary>
    public IReadOnlyDictionary<string, object> Properties { get; }
}

/// <summary>A binding of a function.</summary>
public abstract class BindingMetadata
{
    /// <summary>Parameter or property name.</summary>
    public abstract string Name { get; }

    /// <summary>Kind, such as <c>httpTrigger</c>, <c>blobTrigger</c>, <c>signalR</c>.</summary>
    public abstract string Type { get; }

    /// <summary>Into the function, or out of it.</summary>
    public abstract BindingDirection Direction { get; }
}

/// <summary>Into the function, or out of it.</summary>
public enum BindingDirection
{
    In,
    Out,
}
