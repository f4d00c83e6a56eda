using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Extensions.Configuration;

namespace Portico.EmbeddedHost.Invocation;

/// <summary>Every function of the app, found by reflection once.</summary>
internal sealed class FunctionCatalog
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly Dictionary<string, FunctionDescriptor> _byName;

    private FunctionCatalog(Dictionary<string, FunctionDescriptor> byName) => _byName = byName;

    public IEnumerable<FunctionDescriptor> All => _byName.Values;

    public FunctionDescriptor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The functions that a trigger of type <typeparamref name="TTrigger"/> starts.</summary>
    public IEnumerable<(FunctionDescriptor Function, TTrigger Trigger)> TriggeredBy<TTrigger>()
        where TTrigger : TriggerBindingAttribute =>
        All.Where(function => function.Trigger is TTrigger).Select(function => (function, (TTrigger)function.Trigger));

    /// <summary>Finds the functions of <paramref name="assembly"/>, less those with <c>AzureWebJobs.{name}.Disabled</c> set.</summary>
    /// <exception cref="InvalidOperationException">Two functions share a name, one is not public, or one has not exactly one trigger.</exception>
    public static FunctionCatalog Discover(Assembly assembly, IConfiguration configuration)
    {
        var functions = new Dictionary<string, FunctionDescriptor>(StringComparer.OrdinalIgnoreCase);
        foreach (var method in assembly.GetTypes().Where(type => type.IsClass && !type.Name.StartsWith('<')).SelectMany(type => type.GetMethods(Declared)))
        {
            if (!method.IsDefined(typeof(FunctionAttribute)) || method.GetCustomAttribute<FunctionAttribute>() is not { } declared
                || configuration.GetValue($"AzureWebJobs.{declared.Name}.Disabled", false))
            {
                continue;
            }

            if (!method.IsPublic || !method.DeclaringType!.IsVisible)
            {
                throw new InvalidOperationException($"Function '{declared.Name}' ({method.DeclaringType}.{method.Name}) must be a public method of a public class: Azure would not find it.");
            }

            var function = new FunctionDescriptor(declared.Name, method);
            if (!functions.TryAdd(function.Name, function))
            {
                throw new InvalidOperationException($"Two functions are named '{function.Name}': {functions[function.Name].EntryPoint} and {function.EntryPoint}.");
            }
        }

        return new FunctionCatalog(functions);
    }
}
