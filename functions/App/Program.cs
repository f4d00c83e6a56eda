using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Portico;
using Portico.Operations;

var builder = FunctionsApplication.CreateBuilder(args);
var check = StartUpCheck.Of(builder.Configuration);
Console.WriteLine(check);
if (check.Findings.Count > 0)
{
    Console.Error.WriteLine(check.Report());
    return 1;
}

try
{
    await builder.AddPortico().Build().RunAsync();
    return 0;
}
catch (StartUpException failure)
{
    // Somebody at a terminal wants the sentence, not a stack trace.
    Console.Error.WriteLine(failure.Message);
    return 1;
}
