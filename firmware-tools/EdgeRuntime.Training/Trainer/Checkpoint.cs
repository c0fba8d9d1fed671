using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training;

/// <summary>
/// Everything that a run needs to go on: weights, statistics, the optimizer's state, and the place in the run. Random numbers need no state: they follow
/// from seed, epoch and step. File: magic, length and JSON of the header, then tensors (name, type, shape, bytes), then the SHA-256 of all that.
/// </summary>
internal sealed class Checkpoint
{
    private static readonly byte[] Magic = "EDGECKPT"u8.ToArray();
    private const int MaxHeaderBytes = 16 << 20;

    public required CheckpointHeader Header { get; init; }

    public required IReadOnlyDictionary<string, Tensor> Tensors { get; init; }

    /// <summary>Writes the file; the previous one stays intact if that fails.</summary>
    /// <exception cref="TrainingException">The file cannot be written.</exception>
    public void Write(string path)
    {
        try
        {
            DataFile.WriteAtomically(path, stream =>
            {
                using var sha = SHA256.Create();
                using (var hashed = new CryptoStream(stream, sha, CryptoStreamMode.Write, leaveOpen: true))
                using (var writer = new BinaryWriter(hashed, Encoding.UTF8, leaveOpen: true))
                {
                    writer.Write(Magic);
                    byte[] header = JsonSerializer.SerializeToUtf8Bytes(Header);
                    writer.Write(header.Length);
                    writer.Write(header);
                    writer.Write(Tensors.Count);
                    foreach (var (name, tensor) in Tensors)
                        WriteTensor(writer, name, tensor);
                }

                stream.Write(sha.Hash!);
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException(TrainingError.File, $"checkpoint {path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="TrainingException">The file is missing or damaged.</exception>
    public static Checkpoint Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException(TrainingError.Checkpoint, $"checkpoint {path} cannot be read: {e.Message}", e);
        }

        int length = bytes.Length - SHA256.HashSizeInBytes;
        if (length < Magic.Length + 8 || !bytes.AsSpan(0, Magic.Length).SequenceEqual(Magic))
            throw new TrainingException(TrainingError.Checkpoint, $"{path} is no checkpoint");
        if (!SHA256.HashData(bytes.AsSpan(0, length)).AsSpan().SequenceEqual(bytes.AsSpan(length)))
            throw new TrainingException(TrainingError.Checkpoint, $"checkpoint {path} of {bytes.Length} bytes is damaged: its checksum is wrong");
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes, Magic.Length, length - Magic.Length), Encoding.UTF8);
            int headerBytes = reader.ReadInt32();
            if (headerBytes is < 2 or > MaxHeaderBytes || headerBytes > length)
                throw new TrainingException(TrainingError.Checkpoint, $"checkpoint {path}: header of {headerBytes} bytes; the limit is {Math.Min(MaxHeaderBytes, length)}");
            CheckpointHeader? header = JsonSerializer.Deserialize<CheckpointHeader>(reader.ReadBytes(headerBytes));
            var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
            int count = reader.ReadInt32();
            for (int i = 0; i < count; i++)
            {
                string name = reader.ReadString();
                tensors[name] = ReadTensor(reader, path);
            }

            return new Checkpoint { Header = header!, Tensors = tensors };
        }
        catch (Exception e) when (e is EndOfStreamException or JsonException or FormatException or ArgumentException)
        {
            throw new TrainingException(TrainingError.Checkpoint, $"checkpoint {path} is damaged: {e.Message}", e);
        }
    }

    /// <summary>Copies the stored tensors whose names begin with <paramref name="prefix"/> into <paramref name="targets"/>.</summary>
    /// <exception cref="TrainingException">Names or shapes differ: the checkpoint is of another network.</exception>
    public void CopyTo(string prefix, IReadOnlyDictionary<string, Tensor> targets)
    {
        using var quiet = no_grad();
        int stored = Tensors.Keys.Count(k => k.StartsWith(prefix, StringComparison.Ordinal));
        if (stored != targets.Count)
            throw new TrainingException(TrainingError.Checkpoint, $"the checkpoint has {stored} tensors '{prefix}', the network {targets.Count}: it is of another network");
        foreach (var (name, target) in targets)
        {
            if (!Tensors.TryGetValue(prefix + name, out Tensor? source))
                throw new TrainingException(TrainingError.Checkpoint, $"the checkpoint has no tensor '{prefix}{name}': it is of another network");
            if (!source.shape.AsSpan().SequenceEqual(target.shape))
                throw new TrainingException(TrainingError.Checkpoint, $"tensor '{name}' is {string.Join('x', source.shape)} in the checkpoint, {string.Join('x', target.shape)} in the network");
            target.copy_(source);
        }
    }

    private static void WriteTensor(BinaryWriter writer, string name, Tensor tensor)
    {
        if (tensor.dtype != ScalarType.Float32)
            throw new TrainingException(TrainingError.Checkpoint, $"tensor '{name}' is {tensor.dtype}; checkpoints hold Float32");
        writer.Write(name);
        writer.Write((int)tensor.dim());
        foreach (long d in tensor.shape)
            writer.Write((int)d);
        using Tensor plain = tensor.detach().contiguous();
        writer.Write(plain.bytes);
    }

    private static Tensor ReadTensor(BinaryReader reader, string path)
    {
        int rank = reader.ReadInt32();
        if (rank is < 0 or > 8)
            throw new TrainingException(TrainingError.Checkpoint, $"checkpoint {path}: a tensor has {rank} dimensions; the limit is 8");
        var shape = new long[rank];
        long count = 1;
        for (int i = 0; i < rank; i++)
        {
            shape[i] = reader.ReadInt32();
            count *= shape[i];
            if (shape[i] < 0 || count * 4 > reader.BaseStream.Length)
                throw new TrainingException(TrainingError.Checkpoint, $"checkpoint {path}: a tensor of {string.Join('x', shape)} exceeds the file");
        }

        var values = new float[count];
        reader.BaseStream.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        return tensor(values, shape);
    }
}

/// <summary>What a checkpoint says about its run.</summary>
internal sealed record CheckpointHeader
{
    public required string Network { get; init; }

    public required string Method { get; init; }

    public required string Data { get; init; }

    public required ulong Seed { get; init; }

    public required int BatchSize { get; init; }

    public required int Epochs { get; init; }

    /// <summary>Epoch in work, from 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>Batches of that epoch that are done.</summary>
    public required int Batch { get; init; }

    public required long OptimizerSteps { get; init; }

    public required double LossSum { get; init; }

    public required long Correct { get; init; }

    public required double BestAccuracy { get; init; }

    public required IReadOnlyList<EpochRecord> History { get; init; }

    /// <summary>Numbers of epochs that the run was planned with before; null in files of older versions.</summary>
    public IReadOnlyList<SchedulePlan>? EarlierPlans { get; init; }

    /// <summary>The network's structure; null for binary networks, which are made by name only.</summary>
    public NetworkStructure? Structure { get; init; }
}
