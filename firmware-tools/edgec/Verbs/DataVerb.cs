using System.CommandLine;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Data.Download;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary><c>edgec data</c>: downloads data sets from their official addresses.</summary>
internal static class DataVerb
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "Data set: " + string.Join(", ", DataSources.ByName.Keys) };
        var root = new Option<string>("--data-dir") { Description = "Folder with the data sets (default: EDGE_DATA, or ../shared/data)", DefaultValueFactory = _ => DataSets.DefaultRoot };
        name.AcceptOnlyFromAmong([.. DataSources.ByName.Keys]);
        var command = new Command("data", "Downloads a data set, with checksum; an interrupted download goes on where it stopped") { name, root };
        command.SetAction(async (parsed, cancel) =>
        {
            string set = parsed.GetValue(name)!, folder = Path.Combine(parsed.GetValue(root)!, set);
            TextWriter writer = parsed.InvocationConfiguration.Output;
            using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
            var downloader = new Downloader(client);
            foreach (DataSource source in DataSources.ByName[set])
            {
                bool fetched = await downloader.FetchAsync(source, folder, new Display(writer), cancel).ConfigureAwait(false);
                await writer.WriteLineAsync($"{Path.Combine(folder, source.FileName)}: {(fetched ? "downloaded" : "is there already")}").ConfigureAwait(false);
            }

            return (int)ExitCode.Success;
        });
        return command;
    }

    /// <summary>A line that is rewritten, on terminals only, at each whole percent.</summary>
    private sealed class Display(TextWriter writer) : IProgress<DownloadProgress>
    {
        private long shown = -1;

        public void Report(DownloadProgress value)
        {
            if (Console.IsOutputRedirected)
                return;
            long percent = value.Total is > 0 ? value.Bytes * 100 / value.Total.Value : value.Bytes >> 20;
            if (percent == shown)
                return;
            shown = percent;
            writer.Write(value.Total is > 0 ? $"\r{value.FileName}: {percent} % of {value.Total.Value / 1e6:F1} MB " : $"\r{value.FileName}: {percent} MiB ");
            if (value.Bytes == value.Total)
                writer.WriteLine();
        }
    }
}
