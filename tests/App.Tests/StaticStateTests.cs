using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Portico.Http;

namespace App.Tests;

/// <summary>
/// What fresh services for every invocation can't find out (tests/Integration/StateDisciplineTests): state in static
/// fields. There is none that can change, but for the exceptions named here.
/// </summary>
public sealed class StaticStateTests
{
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["ProcessLauncher.Requests"] = "hands starts of tools to the one thread that may be their parent: nobody leaves anything in it",
        ["DocumentShape.Checked"] = "which document types were checked already: a fact about the program, the same in every process",
    };

    [Fact]
    public void App_HasNoStaticFieldThatCanChange()
    {
        var found = from type in typeof(RouteTable).Assembly.GetTypes()
                    where type.GetCustomAttribute<CompilerGeneratedAttribute>() is null
                    from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                    where !field.IsLiteral && field.GetCustomAttribute<CompilerGeneratedAttribute>() is null && CanChange(field)
                    select $"{type.Name}.{field.Name}";

        found.ShouldBe(Exceptions.Keys, ignoreOrder: true);
    }

    /// <remarks>Arrays can be written to as well, and as constants are not: they pass. So do sets and dictionaries of the frozen and immutable kind.</remarks>
    private static bool CanChange(FieldInfo field)
    {
        var type = field.FieldType;
        return !field.IsInitOnly
            || type == typeof(SemaphoreSlim)
            || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(StrongBox<>))
            || (!type.IsArray && !type.Namespace!.EndsWith("Immutable", StringComparison.Ordinal) && !type.Namespace.EndsWith("Frozen", StringComparison.Ordinal)
                && !type.IsInterface && (typeof(IDictionary).IsAssignableFrom(type) || typeof(ICollection).IsAssignableFrom(type)
                    || type.GetInterfaces().Any(implemented => implemented.IsGenericType && implemented.GetGenericTypeDefinition() == typeof(ICollection<>))));
    }
}
