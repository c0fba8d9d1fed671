using System.CommandLine;
using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary>The option --augment, as all verbs that train have it.</summary>
internal static class AugmentationOption
{
    public static Option<string> Create()
    {
        var option = new Option<string>("--augment") { Description = "Changes of training pictures: none, crop-flip, affine, digits, digits-light", DefaultValueFactory = _ => "none" };
        option.AcceptOnlyFromAmong("none", "crop-flip", "affine", "digits", "digits-light");
        return option;
    }

    /// <summary>The augmentation of that name.</summary>
    public static Augmentation Of(string name) => name switch
    {
        "crop-flip" => Augmentation.CropAndFlip,
        "affine" => Augmentation.SmallAffine,
        "digits" => Augmentation.Digits,
        "digits-light" => Augmentation.DigitsLight,
        _ => Augmentation.None,
    };
}
