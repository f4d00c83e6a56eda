using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Portico.Http;

namespace App.Tests.Http;

public sealed class RouteTableTests
{
    private static readonly Assembly App = typeof(RouteTable).Assembly;

    [Fact]
    public void HttpFunctions_Every_SaysWhoMayCallIt()
    {
        var undecided = from type in App.GetTypes()
                        from method in type.GetMethods()
                        where method.IsDefined(typeof(FunctionAttribute)) && method.GetParameters().Any(parameter => parameter.IsDefined(typeof(HttpTriggerAttribute)))
                        where method.GetCustomAttributes<RouteAccessAttribute>().Count() != 1
                        select $"{type.Name}.{method.Name}";

        undecided.ShouldBeEmpty();
        new RouteTable(App).Routes.Count.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Routes_NamingAResource_AskForMembershipInItsProject()
    {
        // A code opens what is printed in public: its picture, and nothing else.
        var open = new RouteTable(App).Routes
            .Where(route => route.Template.Contains('{') && route.Access is not (ProjectMemberAttribute or AdministratorAttribute))
            .Select(route => route.Template);

        open.ShouldBe(["links/{code}/qr.png", "links/{code}/qr.svg"], ignoreOrder: true);
    }

    [Fact]
    public void Routes_AskingForMembership_NameAParameterOfTheirTemplate()
    {
        foreach (var route in new RouteTable(App).Routes)
        {
            if (route.Access is ProjectMemberAttribute member)
            {
                route.Template.ShouldContain($"{{{member.Parameter}}}", customMessage: route.Function);
                route.Template.ShouldStartWith(member.Resource.ToString().ToLowerInvariant() + "s/", customMessage: route.Function);
            }
        }
    }

    [Fact]
    public void Routes_OfAdministrators_AreOperationsAndOperationsAreTheirs()
    {
        var routes = new RouteTable(App).Routes;

        routes.Where(route => route.Access is AdministratorAttribute).Count().ShouldBeGreaterThan(5);
        foreach (var route in routes)
        {
            (route.Access is AdministratorAttribute).ShouldBe(route.Template.StartsWith("operations/", StringComparison.Ordinal), route.Function);
        }
    }

    [Fact]
    public void Routes_PublicOnes_AreTheseAndNoOthers() =>
        new RouteTable(App).Routes.Where(route => route.Access is PublicAttribute).Select(route => route.Function).Order().ShouldBe(
            ["GetHealth", "GetLinkQrPng", "GetLinkQrSvg", "GetLiveness", "Login", "Logout", "Refresh", "Register", "TrackEvents"]);
}
