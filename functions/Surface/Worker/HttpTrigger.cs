using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker
{
    /// <summary>Starts a function by an HTTP request.</summary>
    public sealed class HttpTriggerAttribute : TriggerBindingAttribute
    {
        /// <summary>Any method, at level <see cref="AuthorizationLevel.Function"/>.</summary>
        public HttpTriggerAttribute() => AuthLevel = AuthorizationLevel.Function;

        /// <summary>These methods. As in the official type, the level is then <see cref="AuthorizationLevel.Anonymous"/>.</summary>
        public HttpTriggerAttribute(params string[] methods) => Methods = methods;

        /// <summary>Any method, at this level.</summary>
        public HttpTriggerAttribute(AuthorizationLevel authLevel) => AuthLevel = authLevel;

        /// <summary>These methods, at this level.</summary>
        public HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods)
        {
            AuthLevel = authLevel;
            Methods = methods;
        }

        /// <summary>Route template below host.json's prefix, with constraints; the function's name when null.</summary>
        public string? Route { get; set; }

        /// <summary>Methods answered; all when null or empty.</summary>
        public string[]? Methods { get; private set; }

        /// <summary>Which key a caller must hold.</summary>
        public AuthorizationLevel AuthLevel { get; private set; }
    }

    /// <summary>Which key a caller must hold. Keys are Azure's; a local host asks for none.</summary>
    public enum AuthorizationLevel
    {
        Anonymous = 0,
        User = 1,
        Function = 2,
        System = 3,
        Admin = 4,
    }

    /// <summary>Marks the property of a returned object that is the HTTP response; its siblings go to other outputs.</summary>
    [AttributeUsage(AttributeTargets.Property)]
    public sealed class HttpResultAttribute : OutputBindingAttribute;
}

namespace Microsoft.Azure.Functions.Worker.Http
{
    /// <summary>Binds a parameter from the request's JSON body.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    public class FromBodyAttribute : Attribute;
}
