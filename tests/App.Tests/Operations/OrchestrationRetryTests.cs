using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Portico.Assets;
using Portico.Operations;
using Portico.Projects;

namespace App.Tests.Operations;

public sealed class OrchestrationRetryTests
{
    [Fact]
    public void Orchestrations_Every_HasARuleForItsSecondChance()
    {
        var orchestrations = from type in typeof(IOrchestrationRetry).Assembly.GetTypes()
                             from method in type.GetMethods()
                             where method.GetParameters().Any(parameter => parameter.IsDefined(typeof(OrchestrationTriggerAttribute)))
                             select method.GetCustomAttribute<FunctionAttribute>()!.Name;
        var ruled = new ServiceCollection().AddAssets().AddProjects()
            .Where(service => service.ServiceType == typeof(IOrchestrationRetry))
            .Select(service => ((IOrchestrationRetry)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(service.ImplementationType!)).Orchestration);

        ruled.ShouldBe(orchestrations, ignoreOrder: true);
    }
}
