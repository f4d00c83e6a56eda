using Microsoft.Extensions.DependencyInjection;

namespace Portico.Accounts;

public static class AccountsServices
{
    /// <summary>Registration, sign-in, sessions, and the first administrator.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services) => services
        .AddSingleton(provider => SigningKey.Load(provider.GetRequiredService<Microsoft.Extensions.Configuration.IConfiguration>()))
        .AddSingleton<AccessTokens>()
        .AddSingleton<RefreshTokens>()
        .AddSingleton<Passwords>()
        .AddSingleton<AccountStore>()
        .AddSingleton<SignInThrottle>()
        .AddSingleton<SignInAdmission>()
        .AddSingleton<Sessions>()
        .AddSingleton<FirstAdministrator>();
}
