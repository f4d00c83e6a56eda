using System.Reflection;
using Portico.Documents;

namespace App.Tests.Documents;

/// <summary>Every document type of the app fits both stores: found out here and not at its first write.</summary>
public sealed class DocumentTypesTests
{
    public static TheoryData<string> Types => [.. Declared.Select(f => f.DeclaringType!.FullName!).Distinct()];

    private static IEnumerable<FieldInfo> Declared => typeof(IDocument).Assembly.GetTypes()
        .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .Where(f => f.FieldType.IsGenericType && f.FieldType.GetGenericTypeDefinition() == typeof(DocumentType<>));

    [Theory]
    [MemberData(nameof(Types))]
    public void Check_DeclaredType_Fits(string declaringType)
    {
        foreach (var f in Declared.Where(f => f.DeclaringType!.FullName == declaringType))
        {
            var check = typeof(DocumentShape).GetMethods(BindingFlags.Static | BindingFlags.Public).Single(m => m.Name == "Check" && m.IsGenericMethod && m.GetParameters().Length == 1);
            Should.NotThrow(() => check.MakeGenericMethod(f.FieldType.GetGenericArguments()).Invoke(null, [f.GetValue(null)]));
        }
    }
}
