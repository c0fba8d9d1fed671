namespace EdgeRuntime.Training.Data;

/// <summary>Random changes of training pictures; every picture of every epoch gets its own, which depend on the seed alone.</summary>
public sealed record Augmentation
{
    /// <summary>No change.</summary>
    public static Augmentation None { get; } = new();

    /// <summary>Shifts by up to 4 pixels (a crop of the padded picture) and mirrors: the usual choice for CIFAR-10 (He et al. 2016).</summary>
    public static Augmentation CropAndFlip { get; } = new() { Shift = 4, Flip = true };

    /// <summary>Weak affine changes, as one hand varies a digit.</summary>
    public static Augmentation SmallAffine { get; } = new() { Shift = 2, Rotation = 10, ScaleLow = 0.9f, ScaleHigh = 1.1f, Shear = 0.1f };

    /// <summary>Strong affine changes for digits that other hands, pens and cameras draw.</summary>
    public static Augmentation Digits { get; } = new() { Shift = 3, Rotation = 15, ScaleLow = 0.7f, ScaleHigh = 1.2f, Shear = 0.2f, Contrast = 0.35f, Noise = 12 };

    /// <summary>Affine changes about half as strong as <see cref="SmallAffine"/>, for networks that have little capacity left.</summary>
    public static Augmentation DigitsLight { get; } = new() { Shift = 1, Rotation = 8, ScaleLow = 0.92f, ScaleHigh = 1.08f, Shear = 0.1f };

    /// <summary>Largest shift in pixels, up, down, left and right.</summary>
    public int Shift { get; init; }

    /// <summary>Whether half of the pictures are mirrored.</summary>
    public bool Flip { get; init; }

    /// <summary>Largest rotation in degrees, both ways.</summary>
    public float Rotation { get; init; }

    /// <summary>Smallest magnification.</summary>
    public float ScaleLow { get; init; } = 1;

    /// <summary>Largest magnification.</summary>
    public float ScaleHigh { get; init; } = 1;

    /// <summary>Largest horizontal shear, both ways.</summary>
    public float Shear { get; init; }

    /// <summary>Largest loss of contrast: pixels are multiplied by 1 - Contrast to 1.</summary>
    public float Contrast { get; init; }

    /// <summary>Largest standard deviation of the pixel noise, in grey levels.</summary>
    public float Noise { get; init; }

    /// <summary>Whether pictures are resampled, not only shifted and mirrored.</summary>
    public bool IsAffine => Rotation != 0 || ScaleLow != 1 || ScaleHigh != 1 || Shear != 0;
}
