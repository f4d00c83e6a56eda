using CrashWorkload;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Portico.Documents;

// Crash__Journal names the file in which activities note that they ran. Crash__AcknowledgeEarly makes the notes lie, for
// the test that proves the verifier: they are acknowledged before they are written.
var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.TryAddSingleton(TimeProvider.System);
builder.Services.AddDocuments(builder.Configuration);
builder.Services.AddSingleton(new ActivityJournal(builder.Configuration["Crash:Journal"] ?? throw new InvalidOperationException("Crash__Journal names no file.")));
builder.Services.AddSingleton(new NoteHonesty(builder.Configuration["Crash:AcknowledgeEarly"] == "true"));
await builder.Build().RunAsync();
