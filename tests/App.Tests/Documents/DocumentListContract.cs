using System.Buffers.Text;
using System.Text;
using Portico.Documents;

namespace App.Tests.Documents;

/// <summary>What both stores promise about lists.</summary>
public abstract class DocumentListContract
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    protected abstract IDocumentStore Store { get; }

    protected string Book { get; } = $"book-{Guid.NewGuid():N}";

    /// <summary>Times of uneven precision and in other zones, in another order than the ids, each of them twice.</summary>
    private async Task SeedAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var at = Start.AddTicks((count - i) / 2 * 12_345_670L).ToOffset(TimeSpan.FromHours(i % 5 - 2));
            await Store.CreateAsync(
                Note.Documents,
                new Note
                {
                    Id = $"n{i:d3}",
                    BookId = Book,
                    Title = i % 3 == 0 ? null : $"t{i % 3}",
                    Number = i,
                    Done = i % 2 == 0,
                    Colour = i % 4 == 0 ? NoteColour.PaleBlue : NoteColour.Yellow,
                    Author = new NoteAuthor($"a{i % 2}", i),
                    At = at,
                },
                None);
        }

        await Store.CreateAsync(Bookmark.Documents, new Bookmark("n000-mark", Book, "other type"), None);
        await Store.CreateAsync(Note.Documents, new Note { Id = "n000-elsewhere", BookId = Book + "-2", At = Start }, None);
    }

    private async Task<List<Note>> AllPagesAsync(DocumentQuery query, Func<Task>? betweenPages = null)
    {
        var notes = new List<Note>();
        while (true)
        {
            var page = await Store.ListAsync(Note.Documents, Book, query, None);
            page.Items.Count.ShouldBeLessThanOrEqualTo(query.Limit);
            notes.AddRange(page.Items.Select(i => i.Document));
            if (page.Continuation is null)
            {
                return notes;
            }

            page.Items.Count.ShouldBe(query.Limit);
            query = query with { Continuation = page.Continuation };
            if (betweenPages is not null)
            {
                await betweenPages();
            }
        }
    }

    [Theory]
    [InlineData("id", false, 1)]
    [InlineData("id", true, 7)]
    [InlineData("id", false, 20)]
    [InlineData("at", false, 1)]
    [InlineData("at", true, 7)]
    [InlineData("at", false, 1000)]
    [InlineData("author.name", false, 3)]
    [InlineData("author.name", true, 3)]
    public async Task ListAsync_PagedInAnyOrder_IsThePartitionInThatOrder(string orderBy, bool descending, int limit)
    {
        await SeedAsync(20);

        var listed = await AllPagesAsync(new DocumentQuery(OrderBy: orderBy, Descending: descending, Limit: limit));

        var all = Enumerable.Range(0, 20).Select(i => $"n{i:d3}").ToList();
        listed.Select(n => n.Id).Order(StringComparer.Ordinal).ShouldBe(all);
        Func<Note, IComparable> key = orderBy switch { "id" => n => n.Id, "at" => n => n.At!.Value.UtcTicks, _ => n => n.Author!.Name };
        listed.ShouldBe(descending ? listed.OrderByDescending(key).ThenByDescending(n => n.Id) : listed.OrderBy(key).ThenBy(n => n.Id));
    }

    [Fact]
    public async Task ListAsync_Filtered_HoldsWhatEqualsAllOfThem()
    {
        await SeedAsync(24);

        async Task<int[]> Numbers(Dictionary<string, object> equal, string orderBy = "id") =>
            [.. (await AllPagesAsync(new DocumentQuery(equal, orderBy, Limit: 2))).Select(n => n.Number).Order()];

        (await Numbers(new() { ["colour"] = NoteColour.PaleBlue })).ShouldBe([0, 4, 8, 12, 16, 20]);
        (await Numbers(new() { ["done"] = true, ["title"] = "t1" })).ShouldBe([4, 10, 16, 22]);
        (await Numbers(new() { ["done"] = true, ["title"] = "t1" }, "at")).ShouldBe([4, 10, 16, 22]);
        (await Numbers(new() { ["author.visits"] = 5 })).ShouldBe([5]);
        (await Numbers(new() { ["number"] = "5" })).ShouldBeEmpty();
        (await Numbers(new() { ["title"] = null! })).ShouldBe([0, 3, 6, 9, 12, 15, 18, 21]);
        (await Numbers(new() { ["title"] = "' OR 1=1 --" })).ShouldBeEmpty();
        var third = (await Store.GetAsync(Note.Documents, Book, "n003", None))!.Document;
        (await Numbers(new() { ["at"] = third.At! })).ShouldBe([3, 4], "two notes share each time, whatever zone it was given in");
    }

    [Theory]
    [InlineData("id", false)]
    [InlineData("id", true)]
    [InlineData("at", false)]
    [InlineData("at", true)]
    public async Task ListAsync_InsertsAndDeletesBetweenPages_NeitherSkipNorRepeatWhatStays(string orderBy, bool descending)
    {
        await SeedAsync(30);
        var turn = 0;

        var listed = await AllPagesAsync(new DocumentQuery(OrderBy: orderBy, Descending: descending, Limit: 4), async () =>
        {
            await Store.CreateAsync(Note.Documents, new Note { Id = $"a{turn:d2}", BookId = Book, At = Start.AddTicks(turn * 7) }, None);
            await Store.CreateAsync(Note.Documents, new Note { Id = $"z{turn:d2}", BookId = Book, At = Start.AddDays(1 + turn) }, None);
            await Store.DeleteAsync(Note.Documents, Book, $"n{turn * 10 % 30:d3}", null, None);
            turn++;
        });

        listed.Select(n => n.Id).ShouldBeUnique();
        var kept = Enumerable.Range(0, 30).Where(i => i % 10 != 0).Select(i => $"n{i:d3}");
        kept.ShouldBeSubsetOf(listed.Select(n => n.Id));
    }

    [Fact]
    public async Task ListAsync_OrderedByAPropertyThatSomeLack_LeavesThoseOut()
    {
        await SeedAsync(4);

        var listed = await AllPagesAsync(new DocumentQuery(OrderBy: "title", Limit: 1));

        listed.Select(n => n.Id).ShouldBe(["n001", "n002"]);
    }

    [Fact]
    public async Task ListAsync_EmptyPartition_IsAnEmptyPage()
    {
        var page = await Store.ListAsync(Note.Documents, Book, new DocumentQuery(OrderBy: "at"), None);

        page.Items.ShouldBeEmpty();
        page.Continuation.ShouldBeNull();
    }

    [Fact]
    public async Task ListAsync_ForeignContinuation_IsRefused()
    {
        await SeedAsync(10);
        var query = new DocumentQuery(OrderBy: "at", Limit: 2);
        var token = (await Store.ListAsync(Note.Documents, Book, query, None)).Continuation!;

        async Task Refused(DocumentQuery other, string? book = null) =>
            await Should.ThrowAsync<InvalidContinuationException>(() => Store.ListAsync(Note.Documents, book ?? Book, other with { Continuation = token }, None));

        await Refused(query, Book + "-2");
        await Refused(query with { OrderBy = "id" });
        await Refused(query with { Descending = true });
        await Refused(query with { Equal = new Dictionary<string, object> { ["done"] = true } });
        (await Store.ListAsync(Note.Documents, Book, query with { Continuation = token, Limit = 3 }, None)).Items.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("!!! not base64 ")]
    [InlineData("bnVsbA")]
    [InlineData("e30")]
    [InlineData("{cut}")]
    [InlineData("{value is an object}")]
    [InlineData("{100 kB}")]
    public async Task ListAsync_GarbageContinuation_IsRefused(string token)
    {
        await SeedAsync(4);
        var query = new DocumentQuery(OrderBy: "at", Limit: 2);
        var real = (await Store.ListAsync(Note.Documents, Book, query, None)).Continuation!;
        token = token switch
        {
            "{cut}" => real[..^5],
            "{value is an object}" => Forge(real),
            "{100 kB}" => new string('A', 100_000),
            _ => token,
        };

        await Should.ThrowAsync<InvalidContinuationException>(() => Store.ListAsync(Note.Documents, Book, query with { Continuation = token }, None));
    }

    [Theory]
    [InlineData("title'); DROP TABLE document; --")]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("a\"b")]
    public async Task ListAsync_PathThatIsNoPath_Throws(string path)
    {
        await Should.ThrowAsync<ArgumentException>(() => Store.ListAsync(Note.Documents, Book, new DocumentQuery(OrderBy: path), None));
        await Should.ThrowAsync<ArgumentException>(() => Store.ListAsync(Note.Documents, Book, new DocumentQuery(new Dictionary<string, object> { [path] = 1 }), None));
    }

    [Fact]
    public async Task ListAsync_OrderThatTheTypeDoesNotDeclare_Throws() =>
        await Should.ThrowAsync<ArgumentException>(() => Store.ListAsync(Note.Documents, Book, new DocumentQuery(OrderBy: "number"), None));

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task ListAsync_LimitOutOfRange_Throws(int limit) =>
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Store.ListAsync(Note.Documents, Book, new DocumentQuery(Limit: limit), None));

    /// <summary>The same token with an object where the ordered value stood.</summary>
    private static string Forge(string token) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(System.Text.RegularExpressions.Regex.Replace(
            Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)), "\"Value\":\"[^\"]*\"", "\"Value\":{}")));
}
