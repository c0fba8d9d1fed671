using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeRuntime.Training;

/// <summary>Changes parameters by their gradients. Its whole state is a list of named tensors, so that a checkpoint holds all of it.</summary>
internal abstract class Optimizer : IDisposable
{
    private readonly List<(string Name, Parameter Value)> parameters;
    private readonly Dictionary<string, Tensor> state = [];

    protected Optimizer(IEnumerable<(string Name, Parameter Value)> parameters, double weightDecay)
    {
        this.parameters = [.. parameters];
        WeightDecay = weightDecay;
    }

    /// <summary>Steps done.</summary>
    public long Steps { get; set; }

    /// <summary>Tensors of the state, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> State => state;

    protected double WeightDecay { get; }

    public static Optimizer Create(OptimizerKind kind, IEnumerable<(string Name, Parameter Value)> parameters, double weightDecay) =>
        kind == OptimizerKind.Sgd ? new SgdOptimizer(parameters, weightDecay) : new AdamOptimizer(parameters, weightDecay);

    /// <summary>Changes every parameter that has a gradient.</summary>
    public void Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        Steps++;
        foreach (var (name, value) in parameters)
        {
            if (value.grad is { } gradient)
                Update(name, value, gradient, learningRate);
        }
    }

    /// <summary>Forgets the gradients.</summary>
    public void ZeroGradients()
    {
        foreach (var (_, value) in parameters)
            value.grad?.zero_();
    }

    public void Dispose()
    {
        foreach (Tensor tensor in state.Values)
            tensor.Dispose();
    }

    protected abstract void Update(string name, Parameter value, Tensor gradient, double learningRate);

    /// <summary>Weight decay is for weights, not for scales, offsets and biases, which have one dimension.</summary>
    protected double DecayOf(Tensor value) => value.dim() > 1 ? WeightDecay : 0;

    /// <summary>Adds a tensor of zeros like each parameter to the state, named <paramref name="prefix"/> + the parameter's name.</summary>
    protected void AddState(string prefix)
    {
        using var quiet = no_grad();
        foreach (var (name, value) in parameters)
            state[prefix + name] = zeros_like(value).DetachFromDisposeScope();
    }
}

/// <summary>Adam with decoupled weight decay.</summary>
internal sealed class AdamOptimizer : Optimizer
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    public AdamOptimizer(IEnumerable<(string Name, Parameter Value)> parameters, double weightDecay)
        : base(parameters, weightDecay)
    {
        AddState("m/");
        AddState("v/");
    }

    protected override void Update(string name, Parameter value, Tensor gradient, double learningRate)
    {
        Tensor m = State["m/" + name], v = State["v/" + name];
        m.mul_(Beta1).add_(gradient, 1 - Beta1);
        v.mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
        double decay = DecayOf(value);
        if (decay > 0)
            value.mul_(1 - learningRate * decay);
        double correction1 = 1 - Math.Pow(Beta1, Steps), correction2 = 1 - Math.Pow(Beta2, Steps);
        value.addcdiv_(m, (v / correction2).sqrt_().add_(Epsilon), -learningRate / correction1);
    }
}

/// <summary>Stochastic gradient descent with Nesterov momentum.</summary>
internal sealed class SgdOptimizer : Optimizer
{
    private const double Momentum = 0.9;

    public SgdOptimizer(IEnumerable<(string Name, Parameter Value)> parameters, double weightDecay)
        : base(parameters, weightDecay)
    {
        AddState("m/");
    }

    protected override void Update(string name, Parameter value, Tensor gradient, double learningRate)
    {
        Tensor m = State["m/" + name];
        double decay = DecayOf(value);
        Tensor g = decay > 0 ? gradient.add(value, decay) : gradient;
        m.mul_(Momentum).add_(g);
        value.add_(g.add(m, Momentum), -learningRate);
    }
}
