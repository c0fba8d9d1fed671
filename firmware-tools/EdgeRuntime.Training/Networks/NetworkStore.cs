using EdgeRuntime.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Networks;

/// <summary>Trained networks as files: the checkpoints of training runs, and networks that were pruned.</summary>
public static class NetworkStore
{
    /// <summary>Writes a network.</summary>
    /// <exception cref="TrainingException">The network is binary, or the file cannot be written.</exception>
    public static void Save(Network network, string path, string data)
    {
        ArgumentNullException.ThrowIfNull(network);
        var header = new CheckpointHeader
        {
            Network = network.Name,
            Method = network.Method,
            Data = data,
            Seed = 0,
            BatchSize = 0,
            Epochs = 0,
            Epoch = 0,
            Batch = 0,
            OptimizerSteps = 0,
            LossSum = 0,
            Correct = 0,
            BestAccuracy = 0,
            History = [],
            Structure = NetworkStructure.Of(network),
        };
        new Checkpoint { Header = header, Tensors = network.Body.state_dict().ToDictionary(p => "weights/" + p.Key, p => p.Value) }.Write(path);
    }

    /// <summary>
    /// Reads the network of a checkpoint. Checkpoints that do not hold the structure are of networks of the catalogue, which are made again by name for the pictures of <paramref name="set"/>.
    /// </summary>
    /// <param name="path">A checkpoint, or the folder of a run (of which the best epoch is taken).</param>
    /// <param name="set">Pictures that the network is to be used with; null if the checkpoint must hold the structure.</param>
    /// <param name="width">Factor of the number of channels with which a network without structure was made.</param>
    /// <exception cref="TrainingException">The file is missing, damaged, of another network, or holds a weight that is not finite.</exception>
    public static Network Load(string path, ImageSet? set = null, double width = 1)
    {
        path = FileOf(path);
        Checkpoint checkpoint = Checkpoint.Read(path);
        Network network = Make(checkpoint.Header, path, set, width);
        using (NewDisposeScope())
        {
            checkpoint.CopyTo("weights/", network.Body.state_dict());
            CheckFinite(network);
        }

        foreach (Tensor tensor in checkpoint.Tensors.Values)
            tensor.Dispose();
        if (set is not null)
            CheckFits(network, set);
        network.Body.eval();
        return network;
    }

    /// <summary>Height of the pictures that a checkpoint's network takes, to which those of a folder are brought; 32 where the checkpoint does not hold the structure.</summary>
    /// <param name="path">A checkpoint, or the folder of a run.</param>
    /// <exception cref="TrainingException">The file is missing or damaged.</exception>
    public static int PictureSize(string path)
    {
        using var scope = NewDisposeScope();
        return Checkpoint.Read(FileOf(path)).Header.Structure?.Input.Height ?? 32;
    }

    /// <summary>
    /// Gives a network the weights and statistics of a checkpoint of the same network that was trained with another method: the second stage of a training in two (Martinez et al. 2020), or the start
    /// of a binary network from the real one of its shape.
    /// </summary>
    /// <param name="network">The network, in which everything is replaced.</param>
    /// <param name="path">A checkpoint, or the folder of a run (of which the best epoch is taken).</param>
    /// <exception cref="TrainingException">The file is missing, damaged, of another network, or holds a weight that is not finite.</exception>
    public static void StartFrom(Network network, string path)
    {
        ArgumentNullException.ThrowIfNull(network);
        path = FileOf(path);
        using var scope = NewDisposeScope();
        Checkpoint checkpoint = Checkpoint.Read(path);
        if (checkpoint.Header.Network != network.Name)
            throw new TrainingException(TrainingError.Checkpoint, $"checkpoint {path} is of network '{checkpoint.Header.Network}', this run trains '{network.Name}'");
        checkpoint.CopyTo("weights/", network.Body.state_dict());
        CheckFinite(network);
    }

    /// <summary>A network of the same structure and with the same weights that shares nothing with the first.</summary>
    /// <exception cref="TrainingException">The network is binary.</exception>
    public static Network Copy(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        Network copy = NetworkStructure.Of(network).Create();
        CopyWeights(network, copy);
        copy.Body.train(network.Body.training);
        return copy;
    }

    /// <summary>
    /// A network that computes the same in use, with batch normalization folded into the weights and biases before it. To be done before single weights are pruned or shared: what is stored are
    /// the folded ones.
    /// </summary>
    /// <exception cref="TrainingException">The network is binary.</exception>
    public static Network FoldNormalization(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return NormFolding.Fold(network);
    }

    /// <summary>Copies all weights and statistics of a network of the same structure.</summary>
    internal static void CopyWeights(Network from, Network to)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> source = from.Body.state_dict();
        foreach (var (name, tensor) in to.Body.state_dict())
            tensor.copy_(source[name]);
    }

    private static string FileOf(string path) => Directory.Exists(path) ? Path.Combine(path, "best.ckpt") : path;

    private static Network Make(CheckpointHeader header, string path, ImageSet? set, double width)
    {
        if (header.Structure is { } structure)
            return structure.Create();
        if (set is null)
            throw new TrainingException(TrainingError.Checkpoint, $"checkpoint {path} does not hold the structure of its network '{header.Network}'; a data set must be named, so that it can be made again");
        var request = new NetworkRequest(new PictureShape(set.Height, set.Width, set.Channels), set.Classes.Count, header.Method, width);
        return NetworkCatalog.Create(header.Network, request, set.Classes, Normalization.Of(set), seed: 1);
    }

    private static void CheckFinite(Network network)
    {
        foreach (var (name, tensor) in network.Body.state_dict())
        {
            if (!tensor.isfinite().all().item<bool>())
                throw new TrainingException(TrainingError.Checkpoint, $"tensor '{name}' of network '{network.Name}' holds NaN or infinity; weights must be finite");
        }
    }

    private static void CheckFits(Network network, ImageSet set)
    {
        var shape = new PictureShape(set.Height, set.Width, set.Channels);
        if (network.Input != shape || network.Classes.Count != set.Classes.Count)
            throw new TrainingException(TrainingError.InvalidOption, $"network '{network.Name}' takes {network.Input} and has {network.Classes.Count} classes; the data set has {shape} and {set.Classes.Count}");
    }
}
