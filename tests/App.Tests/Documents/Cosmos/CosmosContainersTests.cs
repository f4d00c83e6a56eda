using Microsoft.Azure.Cosmos;
using Portico.Documents;
using Portico.Documents.Cosmos;

namespace App.Tests.Documents.Cosmos;

/// <summary>What a container is made with, and what of an existing one is not put up with.</summary>
public sealed class CosmosContainersTests(CosmosEmulator emulator)
{
    public static TheoryData<string> Declared => [.. DocumentContainer.DeclaredIn(typeof(IDocument).Assembly).Select(c => c.Name)];

    [Fact]
    public void PropertiesOf_IndexesKeysAndOrdersAndNothingElse()
    {
        var properties = CosmosContainers.PropertiesOf(ScriptedCosmos.Notes);

        properties.PartitionKeyPath.ShouldBe("/bookId");
        properties.PartitionKeyDefinitionVersion.ShouldBe(PartitionKeyDefinitionVersion.V2);
        properties.DefaultTimeToLive.ShouldBeNull();
        properties.IndexingPolicy.IncludedPaths.Select(p => p.Path).ShouldBe(["/id/?", "/bookId/?", "/type/?", "/at/?", "/author/name/?"]);
        properties.IndexingPolicy.ExcludedPaths.Select(p => p.Path).ShouldBe(["/*"]);
        properties.IndexingPolicy.CompositeIndexes.Select(index => string.Join(" ", index.Select(p => $"{p.Path}:{p.Order}")))
            .ShouldBe(["/at:Ascending /id:Ascending", "/author/name:Ascending /id:Ascending"]);
    }

    [Theory]
    [MemberData(nameof(Declared))]
    public void FaultOf_AsMade_IsNone(string name)
    {
        var declared = DocumentContainer.DeclaredIn(typeof(IDocument).Assembly).Single(c => c.Name == name);

        CosmosContainers.FaultOf(declared, CosmosContainers.PropertiesOf(declared)).ShouldBeNull();
    }

    [Fact]
    public void FaultOf_WhatWouldLoseOrMissDocuments_NamesIt()
    {
        CosmosContainers.FaultOf(ScriptedCosmos.Notes, new ContainerProperties("notes", "/id")).ShouldNotBeNull().ShouldContain("/bookId");
        var mortal = CosmosContainers.PropertiesOf(ScriptedCosmos.Notes);
        mortal.DefaultTimeToLive = 60;
        CosmosContainers.FaultOf(ScriptedCosmos.Notes, mortal).ShouldNotBeNull().ShouldContain("60 s");
        CosmosContainers.FaultOf(ScriptedCosmos.Notes, new ContainerProperties("notes", "/bookId")).ShouldNotBeNull().ShouldContain("(/at, /id)");
    }

    [Fact]
    public async Task PrepareAsync_ContainerOfAnotherPartitionKey_NamesIt()
    {
        await emulator.StoreAsync();
        using var other = new CosmosDocumentStore(emulator.Settings!, [new DocumentContainer("notes", "/shelfId", ["note"], [])]);

        (await Should.ThrowAsync<InvalidOperationException>(() => other.Containers.PrepareAsync(CancellationToken.None))).Message.ShouldContain("/shelfId");
    }

    [Fact]
    public async Task PrepareAsync_MissingContainersThatItMayNotMake_NamesEach()
    {
        await emulator.StoreAsync();
        using var other = new CosmosDocumentStore(
            emulator.Settings! with { CreatesContainers = false },
            [new DocumentContainer("notes", "/bookId", ["note"], []), new DocumentContainer("shelves", "/id", ["shelf"], []), new DocumentContainer("rooms", "/id", ["room"], [])]);

        var failure = await Should.ThrowAsync<InvalidOperationException>(() => other.Containers.PrepareAsync(CancellationToken.None));

        failure.Message.ShouldContain("'shelves' is missing");
        failure.Message.ShouldContain("'rooms' is missing");
        failure.Message.ShouldNotContain("'notes'");
    }

    [Fact]
    public async Task AllAsync_DocumentsOfAType_AreThoseOfEveryPartition()
    {
        var store = await emulator.StoreAsync();
        var book = $"book-{Guid.NewGuid():N}";
        for (var i = 0; i < 450; i++)
        {
            await store.CreateAsync(Note.Documents, new Note { Id = $"n{i}", BookId = $"{book}-{i % 50}" }, CancellationToken.None);
        }

        await store.CreateAsync(Bookmark.Documents, new Bookmark("mark", book, "x"), CancellationToken.None);

        var notes = new List<string>();
        await foreach (var note in store.AllAsync(Note.Documents, CancellationToken.None))
        {
            notes.Add($"{note.Document.BookId} {note.Document.Id}");
        }

        notes.Where(n => n.StartsWith(book, StringComparison.Ordinal)).Order().ShouldBe(Enumerable.Range(0, 450).Select(i => $"{book}-{i % 50} n{i}").Order());
    }

    [Fact]
    public void DataDocument_ListsEveryContainerWithItsPartitionKeyAndOrders()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Serverless.sln")))
        {
            root = root.Parent!;
        }

        var rows = File.ReadLines(Path.Combine(root.FullName, "docs", "data.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();
        foreach (var container in DocumentContainer.DeclaredIn(typeof(IDocument).Assembly))
        {
            var row = rows.Find(line => line.StartsWith($"| `{container.Name}` |", StringComparison.Ordinal)).ShouldNotBeNull($"docs/data.md lacks the container '{container.Name}'");
            row.ShouldContain($"`{container.PartitionKeyPath}`");
            foreach (var path in container.OrderedBy)
            {
                row.ShouldContain($"`{path}`");
            }
        }
    }
}
