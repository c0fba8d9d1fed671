using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;

namespace EdgeRuntime.Daemon.Tests.Budgets;

/// <summary>The program that <c>make publish</c> leaves for the boards, against the budgets of docs/architecture.md.</summary>
[Trait("Category", "Host")]
public class PublishedProgramTests(ITestOutputHelper output)
{
    private const long MaxBytes = 8_000_000;
    private const long MaxResidentBytes = 40_000_000;
    private const ushort MachineAArch64 = 183;
    private const uint SectionSymbolTable = 2;

    [Fact]
    public void The_stripped_program_and_its_libraries_stay_below_8_MB()
    {
        string folder = Published();
        long bytes = Directory.GetFiles(folder).Sum(f => new FileInfo(f).Length);
        Assert.InRange(bytes, 1, MaxBytes);
    }

    [Fact]
    public void It_is_an_arm64_program_without_symbol_table()
    {
        ReadOnlySpan<byte> elf = File.ReadAllBytes(Path.Combine(Published(), "edged"));
        Assert.Equal("\u007fELF"u8, elf[..4]);
        Assert.Equal(MachineAArch64, BinaryPrimitives.ReadUInt16LittleEndian(elf[18..]));

        // ELF64 header: offset of the section table at 40, size of an entry at 58, number of entries at 60.
        int table = (int)BinaryPrimitives.ReadUInt64LittleEndian(elf[40..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(elf[58..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(elf[60..]);
        Assert.NotEqual(0, count);
        for (int i = 0; i < count; i++)
            Assert.NotEqual(SectionSymbolTable, BinaryPrimitives.ReadUInt32LittleEndian(elf[(table + i * size + 4)..]));
    }

    /// <summary>The whole pipeline on 50 frames, as on a board: beside the model's file no more than 40 MB are in memory.</summary>
    [Fact]
    public void Resident_memory_stays_below_40_MB_beside_the_model()
    {
        string program = Path.Combine(Published(), "edged");
        string config = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.json");
        File.WriteAllText(config, JsonSerializer.Serialize(new { model = EdgedProcess.SampleModel, source = new { kind = "digits", framesPerSecond = 100, width = 640, height = 480 } }));
        Process? process = null;
        try
        {
            process = Process.Start(new ProcessStartInfo("qemu-aarch64", ["-cpu", "cortex-a72", program, "run", "--config", config]) { RedirectStandardOutput = true });
            for (int frame = 0; frame < 50; frame++)
                Assert.NotNull(process!.StandardOutput.ReadLine());
            long resident = GuestMemory.ResidentBytes(process!.Id), model = new FileInfo(EdgedProcess.SampleModel).Length;
            output.WriteLine($"{resident} bytes resident, model {model} bytes");

            // Program and C library alone take megabytes: less would mean that nothing was measured.
            Assert.InRange(resident, 2_000_000, MaxResidentBytes + model);
        }
        finally
        {
            process?.Kill();
            process?.Dispose();
            File.Delete(config);
        }
    }

    private static string Published()
    {
        string? top = AppContext.BaseDirectory;
        while (top is not null && !File.Exists(Path.Combine(top, "EdgeRuntime.sln")))
            top = Path.GetDirectoryName(top);
        string folder = Path.Combine(top ?? "", "out", "arm64");
        if (!File.Exists(Path.Combine(folder, "edged")))
            Assert.Skip("out/arm64/edged is missing: make publish");
        return folder;
    }
}
