using System.Xml.Linq;
using Portico.Operations;

namespace App.Tests.Operations;

/// <summary>What becomes of poster and clip as files: <c>SeedDemoTests</c>.</summary>
public sealed class DemoMediaTests
{
    [Fact]
    public void Poster_DrawnTwice_IsTheSameWellFormedDrawing()
    {
        var drawing = XDocument.Parse(DemoArtwork.Poster());

        drawing.Descendants().Count().ShouldBeGreaterThan(500);
        DemoArtwork.Poster().ShouldBe(DemoArtwork.Poster());
    }
}
