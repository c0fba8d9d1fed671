using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Networks;

/// <summary>Order of the layers in a block with binary activations.</summary>
public enum BlockOrder
{
    /// <summary>Convolution, pooling, batch normalization, sign (the BNN paper's code).</summary>
    ConvPoolNormSign,

    /// <summary>Convolution, batch normalization, sign, pooling: the ordinary order, where pooling sees only signs.</summary>
    ConvNormSignPool,

    /// <summary>Batch normalization, sign, convolution, pooling (XNOR-Net).</summary>
    NormSignConvPool,
}

/// <summary>Adds a plain network's blocks in the order and with the weights that the request asks for.</summary>
internal sealed class PlainBlocks(NetworkRequest request, LayerList layers)
{
    private readonly MethodStyle style = MethodStyle.Of(request.Method);
    private bool isFirst = true;
    private bool hasSigns;

    /// <summary>Convolution that keeps the size, then 2x2 pooling if asked for.</summary>
    public PlainBlocks Conv(int input, int output, int kernel = 3, bool pool = false, int stride = 1, int? padding = null, int poolWindow = 2, int poolStride = 2)
    {
        Layer? pooling = pool ? new MaxPoolLayer(poolWindow, poolStride) : null;
        bool scaled = style.HasInputScales && !isFirst;
        if (scaled && request.Order != BlockOrder.NormSignConvPool)
            throw new TrainingException(TrainingError.InvalidOption, $"method {request.Method} needs block order NormSignConvPool: in order {request.Order} a convolution's input is signs, whose magnitudes are all 1");
        if (scaled)
            layers.Add(new BatchNormLayer(input));
        else
            Prepare(input);
        // Signs have no 0: the border of a packed map is 1.
        var conv = new ConvLayer(input, output, kernel, stride, padding ?? kernel / 2, 1, Mapping(), hasSigns || scaled ? 1 : 0);
        Weighted(scaled ? new ScaledSignConvLayer(conv) : conv, pooling, output);
        return this;
    }

    /// <summary>Fully connected layer.</summary>
    public PlainBlocks Dense(int input, int output)
    {
        Drop();
        Prepare(input);
        Weighted(new LinearLayer(input, output, hasBias: false, Mapping()), null, output);
        return this;
    }

    /// <summary>The classifier: scores with batch normalization where its weights are signs, with a bias where they are real.</summary>
    public PlainBlocks Classifier(int input, int classes)
    {
        Drop();
        if (style.Edge().IsBinary)
        {
            if (hasSigns is false && style.HasBinaryActivations)
                Prepare(input);
            layers.Add(new LinearLayer(input, classes, hasBias: false, style.Edge()), new BatchNormLayer(classes));
            return this;
        }

        // Real weights take real input: the last signs would only lose information.
        if (request.Order == BlockOrder.NormSignConvPool && style.HasBinaryActivations)
            layers.Add(new BatchNormLayer(input), new ReluLayer());
        layers.Add(new LinearLayer(input, classes));
        return this;
    }

    /// <summary>Adds a layer that works on signs and real numbers alike.</summary>
    public PlainBlocks Add(Layer layer)
    {
        layers.Add(layer);
        return this;
    }

    /// <summary>Replaces the last signs by real activations, for a classifier with real weights.</summary>
    public PlainBlocks EndSigns()
    {
        if (hasSigns && !style.Edge().IsBinary && request.Order != BlockOrder.NormSignConvPool)
            layers.ReplaceLastSign(new ReluLayer());
        hasSigns = false;
        return this;
    }

    private Methods.WeightMapping Mapping() => isFirst ? style.Edge() : style.Inner();

    // Pictures themselves lose no pixels.
    private void Drop()
    {
        if (request.Dropout > 0 && !isFirst)
            layers.Add(new DropoutLayer(request.Dropout));
    }

    private void Prepare(int input)
    {
        if (isFirst || !style.HasBinaryActivations || request.Order != BlockOrder.NormSignConvPool)
            return;
        layers.Add(new BatchNormLayer(input), new SignLayer());
        hasSigns = true;
    }

    private void Weighted(Layer weighted, Layer? pooling, int output)
    {
        layers.Add(weighted);
        isFirst = false;
        if (!style.HasBinaryActivations)
        {
            layers.Add(new BatchNormLayer(output), new ReluLayer());
            if (pooling is not null)
                layers.Add(pooling);
            return;
        }

        switch (request.Order)
        {
            case BlockOrder.NormSignConvPool:
                if (pooling is not null)
                    layers.Add(pooling);
                break;
            case BlockOrder.ConvNormSignPool:
                layers.Add(new BatchNormLayer(output), new SignLayer());
                if (pooling is not null)
                    layers.Add(pooling);
                hasSigns = true;
                break;
            default:
                if (pooling is not null)
                    layers.Add(pooling);
                // With a positive scale the maximum of sums and the maximum of their signs agree, so that pooling works on packed maps.
                layers.Add(new BatchNormLayer(output, positiveScale: pooling is not null), new SignLayer());
                hasSigns = true;
                break;
        }
    }
}
