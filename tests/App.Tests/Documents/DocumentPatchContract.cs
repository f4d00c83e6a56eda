using Portico.Documents;

namespace App.Tests.Documents;

/// <summary>What both stores promise about patches and batches.</summary>
public abstract class DocumentPatchContract
{
    private static readonly CancellationToken None = CancellationToken.None;

    protected abstract IDocumentStore Store { get; }

    protected string Book { get; } = $"book-{Guid.NewGuid():N}";

    private Note NewNote(string id = "n1") => new()
    {
        Id = id,
        BookId = Book,
        Title = "first",
        Number = 1,
        Author = new NoteAuthor("Ada", 3),
        Lines = ["a", "b", "c"],
        Counts = new Dictionary<string, long> { ["a/b"] = 1, ["c~d"] = 2 },
    };

    private async Task<Note> ReadAsync(string id = "n1") => (await Store.GetAsync(Note.Documents, Book, id, None))!.Document;

    private Task<WriteResult<Note>> PatchAsync(DocumentPatch patch, string? ifMatch = null) =>
        Store.PatchAsync(Note.Documents, Book, "n1", patch, ifMatch, None);

    [Fact]
    public async Task PatchAsync_SeveralOperations_ChangesThesePropertiesAlone()
    {
        await Store.CreateAsync(Note.Documents, NewNote(), None);
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        var patched = await PatchAsync(new DocumentPatch()
            .Set("/colour", NoteColour.PaleBlue)
            .Set("/at", at)
            .Set("/author/name", "Grace 🦄")
            .Increment("/author/visits", -5)
            .Increment("/counts/fresh", 7)
            .Increment("/counts/a~1b", 10)
            .Remove("/counts/c~0d")
            .Set("/lines/1", "B"));

        patched.Outcome.ShouldBe(WriteOutcome.Written);
        var expected = NewNote() with
        {
            Colour = NoteColour.PaleBlue,
            At = at,
            Author = new NoteAuthor("Grace 🦄", -2),
            Counts = new Dictionary<string, long> { ["a/b"] = 11, ["fresh"] = 7 },
            Lines = ["a", "B", "c"],
        };
        patched.Stored!.Document.ShouldBeEquivalentTo(expected);
        (await ReadAsync()).ShouldBeEquivalentTo(expected);
    }

    [Fact]
    public async Task PatchAsync_Removals_LeaveOutWhatWasThereAndIgnoreWhatWasNot()
    {
        await Store.CreateAsync(Note.Documents, NewNote() with { At = DateTimeOffset.UnixEpoch }, None);

        await PatchAsync(new DocumentPatch().Remove("/at").Remove("/title").Remove("/counts/never").Remove("/lines/0").Remove("/lines/1"));
        await PatchAsync(new DocumentPatch().Remove("/at").Set("/title", null));

        (await ReadAsync()).ShouldBeEquivalentTo(NewNote() with { Title = null, Lines = ["b"] });
    }

    [Fact]
    public void DocumentPatch_MoreThanTen_Throws()
    {
        var full = Enumerable.Range(0, 8).Aggregate(new DocumentPatch(), (patch, i) => patch.Set($"/counts/p{i}", i)).Remove("/title");

        Should.Throw<InvalidOperationException>(() => full.Set("/number", 1));
    }

    [Fact]
    public async Task PatchAsync_OtherType_IsAbsent()
    {
        var note = (await Store.CreateAsync(Note.Documents, NewNote(), None)).Stored!;
        var patch = new DocumentPatch().Set("/target", "x");

        (await Store.PatchAsync(Bookmark.Documents, Book, "n1", patch, null, None)).Outcome.ShouldBe(WriteOutcome.Absent);
        (await Store.PatchAsync(Bookmark.Documents, Book, "n1", patch, note.ETag, None)).Outcome.ShouldBe(WriteOutcome.Absent);
        (await Store.ReplaceAsync(Bookmark.Documents, new Bookmark("n1", Book, "x"), null, None)).Outcome.ShouldBe(WriteOutcome.Absent);
        (await Store.BatchAsync(new DocumentBatch("notes", Book).Delete(Bookmark.Documents, "n1"), None)).ShouldBe(new BatchResult(WriteOutcome.Absent, 0));
        (await Store.GetAsync(Note.Documents, Book, "n1", None)).ShouldNotBeNull().ETag.ShouldBe(note.ETag);
    }

    [Fact]
    public async Task BatchAsync_MoreThanTwoMegabytesTogether_Throws() =>
        await Should.ThrowAsync<ArgumentException>(() => Store.BatchAsync(
            new DocumentBatch("notes", Book)
                .Create(Note.Documents, NewNote("a") with { Title = new string('a', 1_000_000) })
                .Create(Note.Documents, NewNote("b") with { Title = new string('b', 1_000_000) }),
            None));

    [Fact]
    public async Task PatchAsync_AtOnceOnDifferentProperties_KeepsThemAll()
    {
        await Store.CreateAsync(Note.Documents, NewNote() with { Number = 0 }, None);

        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() =>
            PatchAsync(new DocumentPatch().Set($"/counts/p{i}", i).Increment("/number", 1)))));

        var final = await ReadAsync();
        final.Number.ShouldBe(64);
        Enumerable.Range(0, 64).ShouldAllBe(i => final.Counts[$"p{i}"] == i);
    }

    [Fact]
    public async Task PatchAsync_VersionMovedOn_Conflicts()
    {
        var old = (await Store.CreateAsync(Note.Documents, NewNote(), None)).Stored!;
        var fresh = await PatchAsync(new DocumentPatch().Set("/title", "mine"), old.ETag);

        (await PatchAsync(new DocumentPatch().Set("/title", "late"), old.ETag)).Outcome.ShouldBe(WriteOutcome.Conflict);
        (await PatchAsync(new DocumentPatch().Set("/title", "next"), fresh.Stored!.ETag)).Outcome.ShouldBe(WriteOutcome.Written);
        (await ReadAsync()).Title.ShouldBe("next");
    }

    [Fact]
    public async Task PatchAsync_Absent_SaysSoAndCreatesNothing()
    {
        (await PatchAsync(new DocumentPatch().Set("/title", "x"))).Outcome.ShouldBe(WriteOutcome.Absent);
        (await Store.GetAsync(Note.Documents, Book, "n1", None)).ShouldBeNull();
    }

    [Theory]
    [InlineData("/author/address/city")]
    [InlineData("/title/length")]
    [InlineData("/lines/17")]
    public async Task PatchAsync_MissingParent_ThrowsAndChangesNothing(string path)
    {
        await Store.CreateAsync(Note.Documents, NewNote(), None);

        await Should.ThrowAsync<InvalidOperationException>(() => PatchAsync(new DocumentPatch().Set("/title", "changed").Set(path, "x")));

        (await ReadAsync()).ShouldBeEquivalentTo(NewNote());
    }

    [Fact]
    public async Task PatchAsync_IncrementOfText_ThrowsAndChangesNothing()
    {
        await Store.CreateAsync(Note.Documents, NewNote(), None);

        await Should.ThrowAsync<InvalidOperationException>(() => PatchAsync(new DocumentPatch().Increment("/number", 1).Increment("/title", 1)));

        (await ReadAsync()).ShouldBeEquivalentTo(NewNote());
    }

    [Theory]
    [InlineData("/number", "text")]
    [InlineData("/number", null)]
    [InlineData("/author/visits", "many")]
    [InlineData("/counts/clicks", 1.5)]
    [InlineData("/lines/0", 1)]
    public async Task PatchAsync_ValueThatCouldNotBeReadAgain_ThrowsAndChangesNothing(string path, object? value)
    {
        await Store.CreateAsync(Note.Documents, NewNote(), None);

        await Should.ThrowAsync<System.Text.Json.JsonException>(() => PatchAsync(new DocumentPatch().Set("/title", "changed").Set(path, value)));

        (await ReadAsync()).ShouldBeEquivalentTo(NewNote());
    }

    [Theory]
    [InlineData("/id")]
    [InlineData("/bookId")]
    [InlineData("/type")]
    [InlineData("/_etag")]
    public async Task PatchAsync_WhatAddressesTheDocument_Throws(string path)
    {
        await Store.CreateAsync(Note.Documents, NewNote(), None);

        await Should.ThrowAsync<ArgumentException>(() => PatchAsync(new DocumentPatch().Set(path, "x")));
    }

    [Fact]
    public async Task BatchAsync_AllApply_AllStand()
    {
        await Store.CreateAsync(Note.Documents, NewNote("old"), None);
        await Store.CreateAsync(Note.Documents, NewNote("gone"), None);

        var result = await Store.BatchAsync(
            new DocumentBatch("notes", Book)
                .Create(Note.Documents, NewNote("new"))
                .Patch(Note.Documents, "new", new DocumentPatch().Increment("/number", 41))
                .Replace(Note.Documents, NewNote("old") with { Title = "replaced" })
                .Upsert(Bookmark.Documents, new Bookmark("mark", Book, "new"))
                .Delete(Note.Documents, "gone"),
            None);

        result.ShouldBe(new BatchResult(WriteOutcome.Written));
        (await ReadAsync("new")).Number.ShouldBe(42);
        (await ReadAsync("old")).Title.ShouldBe("replaced");
        (await Store.GetAsync(Bookmark.Documents, Book, "mark", None)).ShouldNotBeNull();
        (await Store.GetAsync(Note.Documents, Book, "gone", None)).ShouldBeNull();
    }

    [Theory]
    [InlineData("create", WriteOutcome.Conflict)]
    [InlineData("replace-absent", WriteOutcome.Absent)]
    [InlineData("replace-stale", WriteOutcome.Conflict)]
    [InlineData("patch-absent", WriteOutcome.Absent)]
    [InlineData("patch-stale", WriteOutcome.Conflict)]
    [InlineData("delete-absent", WriteOutcome.Absent)]
    [InlineData("delete-stale", WriteOutcome.Conflict)]
    public async Task BatchAsync_OneCannotApply_NamesItAndNothingStands(string third, WriteOutcome expected)
    {
        var before = (await Store.CreateAsync(Note.Documents, NewNote("kept"), None)).Stored!;
        await Store.CreateAsync(Note.Documents, NewNote("taken"), None);
        var patch = new DocumentPatch().Set("/title", "x");
        var batch = new DocumentBatch("notes", Book)
            .Create(Note.Documents, NewNote("a"))
            .Patch(Note.Documents, "kept", new DocumentPatch().Set("/title", "changed"));
        batch = third switch
        {
            "create" => batch.Create(Note.Documents, NewNote("taken")),
            "replace-absent" => batch.Replace(Note.Documents, NewNote("absent")),
            "replace-stale" => batch.Replace(Note.Documents, NewNote("taken"), "stale"),
            "patch-absent" => batch.Patch(Note.Documents, "absent", patch),
            "patch-stale" => batch.Patch(Note.Documents, "taken", patch, "stale"),
            "delete-absent" => batch.Delete(Note.Documents, "absent"),
            _ => batch.Delete(Note.Documents, "taken", "stale"),
        };

        var result = await Store.BatchAsync(batch.Create(Note.Documents, NewNote("z")), None);

        result.ShouldBe(new BatchResult(expected, 2));
        (await Store.GetAsync(Note.Documents, Book, "a", None)).ShouldBeNull();
        (await Store.GetAsync(Note.Documents, Book, "z", None)).ShouldBeNull();
        var kept = (await Store.GetAsync(Note.Documents, Book, "kept", None))!;
        kept.ETag.ShouldBe(before.ETag);
        kept.Document.Title.ShouldBe("first");
    }

    [Fact]
    public async Task BatchAsync_CounterAndEntryTogether_NeverDriftApartUnderConcurrency()
    {
        await Store.CreateAsync(Note.Documents, NewNote("counter") with { Number = 0 }, None);

        await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
        {
            while (true)
            {
                var (counter, etag) = (await Store.GetAsync(Note.Documents, Book, "counter", None))!;
                var next = counter.Number + 1;
                var batch = new DocumentBatch("notes", Book)
                    .Replace(Note.Documents, counter with { Number = next }, etag)
                    .Create(Bookmark.Documents, new Bookmark($"entry-{next}", Book, $"{i}"));
                if ((await Store.BatchAsync(batch, None)).Outcome == WriteOutcome.Written)
                {
                    return;
                }
            }
        })));

        (await ReadAsync("counter")).Number.ShouldBe(32);
        var entries = await Store.ListAsync(Bookmark.Documents, Book, new DocumentQuery(), None);
        entries.Items.Select(e => e.Document.Id).Order().ShouldBe(Enumerable.Range(1, 32).Select(n => $"entry-{n}").Order());
        entries.Items.Select(e => e.Document.Target).Distinct().Count().ShouldBe(32);
    }
}
