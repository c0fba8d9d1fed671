using System.CommandLine;
using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary>The option --validation, as all verbs that choose by pictures kept out of the training set have it.</summary>
internal static class ValidationOption
{
    /// <summary>The option; its value is null where it is not given, which <see cref="DataSets.Load"/> turns into <paramref name="usual"/>, or a tenth of a small set.</summary>
    /// <param name="usual">Pictures kept where the option is not given.</param>
    /// <param name="least">Least value that is accepted.</param>
    public static Option<int?> Create(int usual = DataSets.UsualValidation, int least = 0)
    {
        var option = new Option<int?>("--validation")
        {
            Description = $"Pictures of the training set kept to choose by (default: {usual}, or a tenth of a small set)",
            HelpName = "N",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < least)
                result.AddError($"{option.Name} is {result.Tokens[0].Value}; the least is {least}");
        });
        return option;
    }
}
