using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Data.Download;

namespace EdgeRuntime.Training.Tests.Data;

public class DownloaderTests
{
    [Fact]
    public async Task A_file_is_fetched_checked_and_not_fetched_twice()
    {
        using var server = new FileServer(new byte[300_000]);
        using var folder = new TemporaryFolder();
        using var client = new HttpClient();
        var downloader = new Downloader(client);
        var progress = new Recorder();
        Assert.True(await downloader.FetchAsync(server.Source, folder.Path, progress));
        Assert.Equal(server.Content, File.ReadAllBytes(folder.File("file.bin")));
        Assert.Equal(new DownloadProgress("file.bin", 300_000, 300_000), progress.Last);
        Assert.False(await downloader.FetchAsync(server.Source, folder.Path));
        Assert.Single(server.Requests);
        Assert.Equal([folder.File("file.bin")], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_broken_connection_leaves_a_part_from_which_the_next_call_goes_on()
    {
        using var server = new FileServer(RandomNumberGenerator.GetBytes(200_000)) { BreakAfter = 70_000 };
        using var folder = new TemporaryFolder();
        using var client = new HttpClient();
        var downloader = new Downloader(client);
        Assert.Equal(DataError.Download, (await Assert.ThrowsAsync<DataException>(() => downloader.FetchAsync(server.Source, folder.Path))).Error);
        long part = new FileInfo(folder.File("file.bin.part")).Length;
        Assert.InRange(part, 1, 70_000);
        server.BreakAfter = null;
        Assert.True(await downloader.FetchAsync(server.Source, folder.Path));
        Assert.Equal($"bytes={part}-", server.Requests[1]);
        Assert.Equal(server.Content, File.ReadAllBytes(folder.File("file.bin")));
    }

    [Fact]
    public async Task A_wrong_checksum_a_refusal_and_a_too_long_file_are_one_clear_line()
    {
        using var server = new FileServer(new byte[1000]);
        using var folder = new TemporaryFolder();
        using var client = new HttpClient();
        var downloader = new Downloader(client);
        DataSource source = server.Source;
        var wrong = await Assert.ThrowsAsync<DataException>(() => downloader.FetchAsync(source with { Checksum = new string('0', 64) }, folder.Path));
        Assert.Contains("is expected", wrong.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
        var large = await Assert.ThrowsAsync<DataException>(() => downloader.FetchAsync(source with { MaxBytes = 999 }, folder.Path));
        Assert.Contains("1000 bytes are above the limit of 999", large.Message, StringComparison.Ordinal);
        var missing = await Assert.ThrowsAsync<DataException>(() => downloader.FetchAsync(source with { Address = new Uri(source.Address, "none") }, folder.Path));
        Assert.Contains("404", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_known_source_is_complete()
    {
        Assert.Equal(DataSets.Names.Order(), DataSources.ByName.Keys.Order());
        Assert.All(DataSources.ByName.Values.SelectMany(s => s), s =>
        {
            Assert.True(s.Checksum.Length is 32 or 64 && s.Checksum.All(char.IsAsciiHexDigitLower));
            Assert.EndsWith(s.FileName, s.Address.AbsolutePath, StringComparison.Ordinal);
        });
    }

    private sealed class Recorder : IProgress<DownloadProgress>
    {
        public DownloadProgress Last { get; private set; }

        public void Report(DownloadProgress value) => Last = value;
    }

    /// <summary>Serves one file on the loopback address, with ranges, and breaks off where it is told to.</summary>
    private sealed class FileServer : IDisposable
    {
        private readonly HttpListener listener = new();

        public FileServer(byte[] content)
        {
            Content = content;
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            int port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            listener.Start();
            Source = new DataSource(
                new Uri($"http://127.0.0.1:{port}/file.bin"), "file.bin", Convert.ToHexString(SHA256.HashData(content)).ToLowerInvariant(), 1 << 20);
            _ = Task.Run(ServeAsync);
        }

        public byte[] Content { get; }

        public DataSource Source { get; }

        public List<string?> Requests { get; } = [];

        public int? BreakAfter { get; set; }

        public void Dispose() => listener.Close();

        private async Task ServeAsync()
        {
            while (listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await listener.GetContextAsync();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                string? range = context.Request.Headers["Range"];
                Requests.Add(range);
                HttpListenerResponse response = context.Response;
                if (context.Request.Url!.AbsolutePath != "/file.bin")
                {
                    response.StatusCode = 404;
                    response.Close();
                    continue;
                }

                int from = range is null ? 0 : int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture);
                if (range is not null)
                {
                    response.StatusCode = 206;
                    response.AddHeader("Content-Range", $"bytes {from}-{Content.Length - 1}/{Content.Length}");
                }

                response.ContentLength64 = Content.Length - from;
                if (BreakAfter is { } limit)
                {
                    await response.OutputStream.WriteAsync(Content.AsMemory(from, limit));
                    await response.OutputStream.FlushAsync();
                    await Task.Delay(200);
                    response.Abort();
                    continue;
                }

                await response.OutputStream.WriteAsync(Content.AsMemory(from));
                response.Close();
            }
        }
    }
}
