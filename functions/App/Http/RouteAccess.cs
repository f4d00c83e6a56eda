using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Portico.Http;

/// <summary>
/// Who may call a route. Every HTTP function carries exactly one; the app doesn't start otherwise, so a route can't
/// be open by oversight.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class RouteAccessAttribute : Attribute;

/// <summary>Anybody, for a stated reason.</summary>
public sealed class PublicAttribute(string why) : RouteAccessAttribute
{
    public string Why { get; } = why;
}

/// <summary>Any account; the function confines itself to what belongs to the caller.</summary>
public sealed class SignedInAttribute : RouteAccessAttribute;

/// <summary>Administrators of the installation: what concerns everybody's data, such as looking into what failed.</summary>
public sealed class AdministratorAttribute : RouteAccessAttribute;

/// <summary>
/// Members of the project to which the resource in the route belongs. To others it does not exist: they get the
/// same 404 as for an id that never was.
/// </summary>
/// <param name="resource">What the route parameter identifies.</param>
/// <param name="parameter">The route parameter.</param>
public sealed class ProjectMemberAttribute(ProjectResource resource, string parameter) : RouteAccessAttribute
{
    public ProjectResource Resource { get; } = resource;
    public string Parameter { get; } = parameter;
}

/// <summary>What belongs to a project and can be named in a route.</summary>
public enum ProjectResource
{
    Project,
    Asset,
    Marker,
    Link,
}

/// <summary>The access decision of every HTTP function, read once from the attributes.</summary>
public sealed class RouteTable
{
    private readonly Dictionary<string, RouteAccessAttribute> _byFunction;

    /// <exception cref="InvalidOperationException">An HTTP function has no access attribute.</exception>
    public RouteTable(Assembly functions)
    {
        Routes = [.. from type in functions.GetTypes()
                     from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                     let function = method.GetCustomAttribute<FunctionAttribute>()
                     where function is not null
                     let trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(found => found is not null)
                     where trigger is not null
                     select new Route(
                         function.Name,
                         trigger.Methods ?? [],
                         trigger.Route ?? function.Name,
                         method.GetCustomAttribute<RouteAccessAttribute>()
                             ?? throw new InvalidOperationException($"{function.Name} is reachable over HTTP and says nothing of who may call it."))];
        _byFunction = Routes.ToDictionary(route => route.Function, route => route.Access, StringComparer.Ordinal);
    }

    public IReadOnlyList<Route> Routes { get; }

    /// <summary>The decision, or null for a function that HTTP doesn't start.</summary>
    public RouteAccessAttribute? Find(string function) => _byFunction.GetValueOrDefault(function);
}

/// <param name="Template">Below host.json's prefix.</param>
public sealed record Route(string Function, IReadOnlyList<string> Methods, string Template, RouteAccessAttribute Access);
