using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Portico.EmbeddedHost.Invocation;

/// <summary>One function: its method, what triggers it, what it reads and what it sends.</summary>
internal sealed class FunctionDescriptor : FunctionDefinition
{
    private readonly Lazy<FunctionInvoker> _invoker;

    public FunctionDescriptor(string name, MethodInfo method)
    {
        Name = name;
        Method = method;
        EntryPoint = $"{method.DeclaringType!.FullName}.{method.Name}";
        Retry = method.GetCustomAttribute<RetryAttribute>();
        MethodParameters = Array.ConvertAll(method.GetParameters(), parameter => new BoundParameter(parameter));

        var triggers = MethodParameters.Where(parameter => parameter.Binding is TriggerBindingAttribute).ToArray();
        if (triggers.Length != 1)
        {
            throw new InvalidOperationException($"Function '{name}' ({EntryPoint}) must have exactly one trigger parameter; it has {triggers.Length}.");
        }

        TriggerParameter = triggers[0];
        Trigger = (TriggerBindingAttribute)triggers[0].Binding!;
        Outputs = FunctionOutput.Of(method);

        // Paid at the function's first use, not at the start.
        _invoker = new Lazy<FunctionInvoker>(() => new FunctionInvoker(method));
    }

    public MethodInfo Method { get; }

    public TriggerBindingAttribute Trigger { get; }

    public BoundParameter TriggerParameter { get; }

    public IReadOnlyList<BoundParameter> MethodParameters { get; }

    public IReadOnlyList<FunctionOutput> Outputs { get; }

    /// <summary>Null for a function without a retry attribute.</summary>
    public RetryAttribute? Retry { get; }

    public FunctionInvoker Invoker => _invoker.Value;

    public override ImmutableArray<FunctionParameter> Parameters => [.. MethodParameters.Select(parameter => parameter.Definition)];

    public override string PathToAssembly => Method.DeclaringType!.Assembly.Location;

    public override string EntryPoint { get; }

    public override string Id => Name;

    public override string Name { get; }

    // Made when middleware asks, which is hardly ever: the start has enough to do.
    public override IImmutableDictionary<string, BindingMetadata> InputBindings => field ??= MethodParameters
        .Where(parameter => parameter.Binding is not null)
        .ToImmutableDictionary(parameter => parameter.Name, parameter => (BindingMetadata)new Metadata(parameter.Name, KindOf(parameter.Binding!), BindingDirection.In));

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings => field ??= Outputs
        .ToImmutableDictionary(output => output.Name, output => (BindingMetadata)new Metadata(output.Name, KindOf(output.Attribute), BindingDirection.Out));

    // HttpTriggerAttribute → httpTrigger, SignalROutputAttribute → signalR: the names that function.json uses.
    private static string KindOf(BindingAttribute attribute)
    {
        var name = attribute.GetType().Name;
        foreach (var suffix in (ReadOnlySpan<string>)["Attribute", "Output", "Input"])
        {
            name = name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : name;
        }

        return name == "HttpResult" ? "http" : char.ToLowerInvariant(name[0]) + name[1..];
    }

    private sealed class Metadata(string name, string type, BindingDirection direction) : BindingMetadata
    {
        public override string Name { get; } = name;

        public override string Type { get; } = type;

        public override BindingDirection Direction { get; } = direction;
    }
}

/// <summary>A parameter with the binding attribute on it, if any.</summary>
internal sealed class BoundParameter
{
    public BoundParameter(ParameterInfo parameter)
    {
        Parameter = parameter;
        Binding = parameter.GetCustomAttributes<BindingAttribute>().SingleOrDefault();
        Definition = parameter.HasDefaultValue
            ? new FunctionParameter(Name, Type, true, parameter.DefaultValue)
            : new FunctionParameter(Name, Type);
    }

    public ParameterInfo Parameter { get; }

    public string Name => Parameter.Name!;

    public Type Type => Parameter.ParameterType;

    /// <summary>The trigger or input attribute; null for a parameter bound by its type or name.</summary>
    public BindingAttribute? Binding { get; }

    public FunctionParameter Definition { get; }
}

/// <summary>Something a function sends: its return value, or a property of the object it returns.</summary>
internal sealed record FunctionOutput(string Name, BindingAttribute Attribute, PropertyInfo? Property)
{
    /// <summary>What stands for the return value as a whole, as in function.json.</summary>
    public const string ReturnValue = "$return";

    public object? ValueIn(object? returned) => Property is null ? returned : returned is null ? null : Property.GetValue(returned);

    public static IReadOnlyList<FunctionOutput> Of(MethodInfo method)
    {
        var outputs = new List<FunctionOutput>();
        if (method.GetCustomAttribute<OutputBindingAttribute>() is { } onMethod)
        {
            outputs.Add(new FunctionOutput(ReturnValue, onMethod, null));
        }

        var returned = method.ReturnType;
        if (returned.IsGenericType && returned.GetGenericTypeDefinition() is var open && (open == typeof(Task<>) || open == typeof(ValueTask<>)))
        {
            returned = returned.GetGenericArguments()[0];
        }

        // Only the app's own result types carry output properties: framework types need no look.
        if (returned.IsClass && returned != typeof(string) && returned.Assembly == method.DeclaringType!.Assembly)
        {
            foreach (var property in returned.GetProperties())
            {
                if (property.GetCustomAttribute<OutputBindingAttribute>() is { } onProperty)
                {
                    outputs.Add(new FunctionOutput(property.Name, onProperty, property));
                }
            }
        }

        return outputs;
    }
}
