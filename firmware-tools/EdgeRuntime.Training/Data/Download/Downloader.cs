using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace EdgeRuntime.Training.Data.Download;

/// <summary>How far a download is: bytes that are there, and the whole length where the server tells it.</summary>
public readonly record struct DownloadProgress(string FileName, long Bytes, long? Total);

/// <summary>
/// Downloads files over HTTP. What was received stands in <c>NAME.part</c> until it is complete and its checksum is right; an interrupted
/// download goes on from there with a Range request (RFC 9110, section 14).
/// </summary>
public sealed class Downloader(HttpClient client)
{
    /// <summary>Downloads a file into a folder, unless it is there with the right checksum.</summary>
    /// <returns>True if something was downloaded.</returns>
    /// <exception cref="DataException">The server refuses, the connection breaks, the file is too long, or its checksum is wrong.</exception>
    public async Task<bool> FetchAsync(DataSource source, string folder, IProgress<DownloadProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        string path = Path.Combine(folder, source.FileName), part = path + ".part";
        try
        {
            Directory.CreateDirectory(folder);
            if (File.Exists(path) && await ChecksumAsync(path, source.Checksum, cancel).ConfigureAwait(false) == source.Checksum)
                return false;
            await ReceiveAsync(source, part, progress, cancel).ConfigureAwait(false);
            string checksum = await ChecksumAsync(part, source.Checksum, cancel).ConfigureAwait(false);
            if (checksum != source.Checksum)
            {
                File.Delete(part);
                throw new DataException(DataError.Download, $"{source.Address}: checksum is {checksum}; {source.Checksum} is expected");
            }

            File.Move(part, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            throw new DataException(DataError.Download, $"{source.Address}: {e.Message}", e);
        }
    }

    private async Task ReceiveAsync(DataSource source, string part, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        long have = File.Exists(part) ? new FileInfo(part).Length : 0;
        using var request = new HttpRequestMessage(HttpMethod.Get, source.Address);
        if (have > 0)
            request.Headers.Range = new RangeHeaderValue(have, null);
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        // The part is as long as the file, or longer: the checksum decides.
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            return;
        if (!response.IsSuccessStatusCode)
            throw new DataException(DataError.Download, $"{source.Address}: the server answers {(int)response.StatusCode} {response.ReasonPhrase}");
        bool resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        if (!resumed)
            have = 0;
        long? total = response.Content.Headers.ContentLength + have;
        if (total > source.MaxBytes)
            throw new DataException(DataError.LimitExceeded, $"{source.Address}: {total} bytes are above the limit of {source.MaxBytes}");

        await using var file = new FileStream(part, resumed ? FileMode.Append : FileMode.Create, FileAccess.Write);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        var buffer = new byte[1 << 16];
        for (int got; (got = await body.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0;)
        {
            have += got;
            if (have > source.MaxBytes)
                throw new DataException(DataError.LimitExceeded, $"{source.Address}: more than the limit of {source.MaxBytes} bytes arrive");
            await file.WriteAsync(buffer.AsMemory(0, got), cancel).ConfigureAwait(false);
            progress?.Report(new DownloadProgress(source.FileName, have, total));
        }
    }

    private static async Task<string> ChecksumAsync(string path, string like, CancellationToken cancel)
    {
        await using FileStream file = File.OpenRead(path);
#pragma warning disable CA5351 // MD5 is what the publishers give; it guards against damage, not against forgery.
        byte[] hash = like.Length == 32 ? await MD5.HashDataAsync(file, cancel).ConfigureAwait(false) : await SHA256.HashDataAsync(file, cancel).ConfigureAwait(false);
#pragma warning restore CA5351
        return Convert.ToHexString(hash).ToLowerInvariant();
    }
}
