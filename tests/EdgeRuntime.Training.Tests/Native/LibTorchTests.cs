using LibTorchCompat;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Tests.Native;

public class LibTorchTests
{
    [Fact]
    public void LibTorch_loads_and_multiplies()
    {
        using var a = arange(6, float32).reshape(2, 3);
        using var product = a.matmul(a.t());
        Assert.Equal([5f, 14f, 14f, 50f], product.data<float>().ToArray());
    }

    [Fact]
    public void Library_in_the_output_folder_asks_for_no_version_that_this_system_lacks()
    {
        var system = SystemLibrary.Find("libstdc++.so.6");
        Assert.NotNull(system);
        Assert.NotEqual(RelaxationOutcome.Relaxed, VersionRelaxation.Apply(Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so"), system));
    }

    [Fact]
    public void Version_names_are_read_from_the_libraries()
    {
        var library = new ElfLibrary(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so")));
        Assert.Contains(library.NeededVersions(), n => n is { Library: "libstdc++.so.6", Version: "GLIBCXX_3.4.32" });
        var system = new ElfLibrary(File.ReadAllBytes(SystemLibrary.Find("libstdc++.so.6")!));
        Assert.Contains("GLIBCXX_3.4", system.DefinedVersions());
    }

    [Fact]
    public void Relaxing_sets_one_flag_and_a_second_time_does_nothing()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        var bytes = File.ReadAllBytes(source);
        var needed = new ElfLibrary(bytes).NeededVersions().Single(n => n.Version == "GLIBCXX_3.4.32");
        bytes[needed.FlagsOffset] = 0;
        var copy = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(copy, bytes);
            // A library without version definitions stands for a system that is too old.
            Assert.Equal(RelaxationOutcome.Relaxed, VersionRelaxation.Apply(copy, Path.Combine(AppContext.BaseDirectory, "libtorch_global_deps.so")));
            var relaxed = File.ReadAllBytes(copy);
            Assert.Equal([needed.FlagsOffset], Enumerable.Range(0, bytes.Length).Where(i => bytes[i] != relaxed[i]));
            Assert.Equal(2, relaxed[needed.FlagsOffset]);
            Assert.Equal(RelaxationOutcome.AlreadyRelaxed, VersionRelaxation.Apply(copy, Path.Combine(AppContext.BaseDirectory, "libtorch_global_deps.so")));
        }
        finally
        {
            File.Delete(copy);
        }
    }

    [Fact]
    public void Cut_or_foreign_files_are_refused_with_the_value_and_the_limit()
    {
        Assert.Equal("not an ELF file", Assert.Throws<ElfFormatException>(() => new ElfLibrary(new byte[100])).Message);
        var bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so"))[..4096];
        Assert.Contains("reach beyond the file's 4096", Assert.Throws<ElfFormatException>(() => new ElfLibrary(bytes)).Message, StringComparison.Ordinal);
    }
}
