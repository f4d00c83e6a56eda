using Portico.Documents;

namespace App.Tests.Documents;

/// <summary>
/// What both stores promise about single documents. A fixture a store derives from it and from the other
/// contracts; tests share one store and keep to a partition of their own.
/// </summary>
public abstract class DocumentStoreContract
{
    protected static readonly CancellationToken None = CancellationToken.None;

    protected abstract IDocumentStore Store { get; }

    protected string Book { get; } = $"book-{Guid.NewGuid():N}";

    private Note NewNote(string id = "n1") => new() { Id = id, BookId = Book, Title = "first", Number = 1, Lines = ["a", "b"] };

    [Fact]
    public async Task CreateAsync_FreshId_IsReadBackWhole()
    {
        var note = NewNote() with
        {
            Done = true,
            Colour = NoteColour.PaleBlue,
            Author = new NoteAuthor("Ada", 3),
            At = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(2)).AddTicks(5),
            Counts = new Dictionary<string, long> { ["clicks"] = (1L << 53) - 1 },
        };

        var created = await Store.CreateAsync(Note.Documents, note, None);

        created.Outcome.ShouldBe(WriteOutcome.Written);
        var read = await Store.GetAsync(Note.Documents, Book, "n1", None);
        read.ShouldNotBeNull().ETag.ShouldBe(created.Stored!.ETag);
        read.Document.ShouldBeEquivalentTo(note with { At = note.At!.Value.ToUniversalTime() });
    }

    [Fact]
    public async Task CreateAsync_TakenId_ConflictsAndLeavesWhatIsThere()
    {
        await Store.CreateAsync(Note.Documents, NewNote(), None);

        var second = await Store.CreateAsync(Note.Documents, NewNote() with { Title = "second" }, None);

        second.ShouldBe(new WriteResult<Note>(WriteOutcome.Conflict, null));
        (await Store.GetAsync(Note.Documents, Book, "n1", None))!.Document.Title.ShouldBe("first");
    }

    [Fact]
    public async Task CreateAsync_SameIdInAnotherPartition_IsAnotherDocument()
    {
        await Store.CreateAsync(Note.Documents, NewNote(), None);

        var other = await Store.CreateAsync(Note.Documents, NewNote() with { BookId = Book + "-2", Title = "other" }, None);

        other.Outcome.ShouldBe(WriteOutcome.Written);
        (await Store.GetAsync(Note.Documents, Book, "n1", None))!.Document.Title.ShouldBe("first");
    }

    [Fact]
    public async Task CreateAsync_SixtyFourAtOnceOfOneId_OneWins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => Store.CreateAsync(Note.Documents, NewNote() with { Number = i }, None))));

        var winner = results.Single(r => r.Outcome == WriteOutcome.Written).Stored!;
        (await Store.GetAsync(Note.Documents, Book, "n1", None))!.Document.Number.ShouldBe(winner.Document.Number);
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("")]
    [InlineData("n1 ")]
    [InlineData("N1")]
    [InlineData("a/b?c#d")]
    [InlineData("' OR 1=1 --")]
    public async Task GetAsync_NoSuchId_IsNull(string id)
    {
        await Store.CreateAsync(Note.Documents, NewNote(), None);

        (await Store.GetAsync(Note.Documents, Book, id, None)).ShouldBeNull();
    }

    [Fact]
    public async Task GetAsync_OtherPartitionOrType_IsNull()
    {
        await Store.CreateAsync(Note.Documents, NewNote(), None);

        (await Store.GetAsync(Note.Documents, Book + "-2", "n1", None)).ShouldBeNull();
        (await Store.GetAsync(Bookmark.Documents, Book, "n1", None)).ShouldBeNull();
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("quote\" and ' and ; DROP TABLE document; --")]
    [InlineData("%_*[]{}$.@:&=+,")]
    [InlineData("żółć-日本語-🦄👩‍👩‍👧")]
    [InlineData("{300}")]
    public async Task CreateAsync_OddId_IsFoundByItAlone(string id)
    {
        id = id == "{300}" ? new string('ü', 300) : id;
        await Store.CreateAsync(Note.Documents, NewNote("n1"), None);

        (await Store.CreateAsync(Note.Documents, NewNote(id) with { Title = "odd" }, None)).Outcome.ShouldBe(WriteOutcome.Written);

        (await Store.GetAsync(Note.Documents, Book, id, None))!.Document.Id.ShouldBe(id);
        (await Store.ListAsync(Note.Documents, Book, new DocumentQuery(), None)).Items.Count.ShouldBe(2);
        (await Store.DeleteAsync(Note.Documents, Book, id, null, None)).ShouldBe(WriteOutcome.Written);
        (await Store.GetAsync(Note.Documents, Book, "n1", None)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a ")]
    [InlineData(" a")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("{lone surrogate}")]
    [InlineData("{1024}")]
    public async Task CreateAsync_IdThatOneStoreCannotHold_Throws(string id)
    {
        id = id switch { "{lone surrogate}" => "a\ud83e", "{1024}" => new string('a', 1024), _ => id };

        await Should.ThrowAsync<ArgumentException>(() => Store.CreateAsync(Note.Documents, NewNote(id), None));
    }

    [Theory]
    [InlineData("🦄 \u0000 \u001f \" \\ / </script> \u2028 \ufffd")]
    [InlineData("{100 kB}")]
    public async Task UpsertAsync_AnyText_IsReadBackExactly(string title)
    {
        title = title == "{100 kB}" ? string.Concat(Enumerable.Repeat("añ🦄", 12_500)) : title;

        await Store.UpsertAsync(Note.Documents, NewNote() with { Title = title }, None);

        (await Store.GetAsync(Note.Documents, Book, "n1", None))!.Document.Title.ShouldBe(title);
    }

    [Fact]
    public async Task UpsertAsync_MoreThanTwoMegabytes_Throws() =>
        await Should.ThrowAsync<ArgumentException>(() => Store.UpsertAsync(Note.Documents, NewNote() with { Title = new string('é', 1_000_000) }, None));

    [Fact]
    public async Task UpsertAsync_NumberThatADoubleWouldRound_Throws() =>
        await Should.ThrowAsync<System.Text.Json.JsonException>(() => Store.UpsertAsync(Note.Documents, NewNote() with { Counts = new Dictionary<string, long> { ["clicks"] = 1L << 53 } }, None));

    [Fact]
    public async Task UpsertAsync_Twice_HoldsTheSecondAtANewVersion()
    {
        var first = await Store.UpsertAsync(Note.Documents, NewNote(), None);
        var second = await Store.UpsertAsync(Note.Documents, NewNote() with { Title = "second" }, None);

        second.ETag.ShouldNotBe(first.ETag);
        (await Store.GetAsync(Note.Documents, Book, "n1", None)).ShouldNotBeNull().ETag.ShouldBe(second.ETag);
    }

    [Fact]
    public async Task ReplaceAsync_VersionThatWasRead_IsWrittenOnce()
    {
        var read = (await Store.CreateAsync(Note.Documents, NewNote(), None)).Stored!;

        var first = await Store.ReplaceAsync(Note.Documents, NewNote() with { Title = "mine" }, read.ETag, None);
        var late = await Store.ReplaceAsync(Note.Documents, NewNote() with { Title = "late" }, read.ETag, None);

        first.Outcome.ShouldBe(WriteOutcome.Written);
        late.ShouldBe(new WriteResult<Note>(WriteOutcome.Conflict, null));
        (await Store.GetAsync(Note.Documents, Book, "n1", None))!.Document.Title.ShouldBe("mine");
    }

    [Fact]
    public async Task ReplaceAsync_DeletedAndCreatedAnew_RefusesTheOldVersion()
    {
        var old = (await Store.CreateAsync(Note.Documents, NewNote(), None)).Stored!;
        await Store.DeleteAsync(Note.Documents, Book, "n1", null, None);
        await Store.CreateAsync(Note.Documents, NewNote() with { Title = "anew" }, None);

        (await Store.ReplaceAsync(Note.Documents, NewNote(), old.ETag, None)).Outcome.ShouldBe(WriteOutcome.Conflict);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("000000000000000000000000")]
    public async Task ReplaceAsync_Absent_SaysSo(string? ifMatch) =>
        (await Store.ReplaceAsync(Note.Documents, NewNote(), ifMatch, None)).Outcome.ShouldBe(WriteOutcome.Absent);

    [Fact]
    public async Task ReplaceAsync_SixtyFourOptimisticWriters_LoseNothing()
    {
        await Store.CreateAsync(Note.Documents, NewNote() with { Number = 0, Lines = [] }, None);

        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(async () =>
        {
            while (true)
            {
                var (note, etag) = (await Store.GetAsync(Note.Documents, Book, "n1", None))!;
                var changed = note with { Number = note.Number + 1, Lines = [.. note.Lines, $"w{i}"] };
                if ((await Store.ReplaceAsync(Note.Documents, changed, etag, None)).Outcome == WriteOutcome.Written)
                {
                    return;
                }
            }
        })));

        var final = (await Store.GetAsync(Note.Documents, Book, "n1", None))!.Document;
        final.Number.ShouldBe(64);
        final.Lines.Order().ShouldBe(Enumerable.Range(0, 64).Select(i => $"w{i}").Order());
    }

    [Fact]
    public async Task DeleteAsync_ByVersion_DeletesThatVersionOnly()
    {
        var old = (await Store.CreateAsync(Note.Documents, NewNote(), None)).Stored!;
        var current = await Store.UpsertAsync(Note.Documents, NewNote(), None);

        (await Store.DeleteAsync(Note.Documents, Book, "n1", old.ETag, None)).ShouldBe(WriteOutcome.Conflict);
        (await Store.DeleteAsync(Bookmark.Documents, Book, "n1", null, None)).ShouldBe(WriteOutcome.Absent);
        (await Store.DeleteAsync(Note.Documents, Book, "n1", current.ETag, None)).ShouldBe(WriteOutcome.Written);
        (await Store.DeleteAsync(Note.Documents, Book, "n1", null, None)).ShouldBe(WriteOutcome.Absent);
    }

    [Fact]
    public async Task WriteAsync_AlreadyCancelled_WritesNothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => Store.UpsertAsync(Note.Documents, NewNote(), cancelled.Token));

        (await Store.GetAsync(Note.Documents, Book, "n1", None)).ShouldBeNull();
    }
}
