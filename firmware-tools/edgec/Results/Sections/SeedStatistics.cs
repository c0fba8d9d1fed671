using System.Globalization;

namespace EdgeRuntime.Compiler.Results.Sections;

/// <summary>Mean and spread of a figure over runs that differ in their seed alone.</summary>
internal readonly record struct SeedStatistics(int Count, double Mean, double Deviation)
{
    /// <summary>Statistics of values; the deviation is that of a sample (divided by count - 1).</summary>
    public static SeedStatistics Of(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0)
            return new SeedStatistics(0, double.NaN, double.NaN);
        double mean = values.Average();
        return new SeedStatistics(values.Count, mean, Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / Math.Max(1, values.Count - 1)));
    }

    /// <summary>Standard error of the mean.</summary>
    public double StandardError => Deviation / Math.Sqrt(Math.Max(1, Count));

    /// <summary>Mean and deviation in percent, or "not run".</summary>
    public string Percent() => Count == 0 ? "not run" : string.Create(CultureInfo.InvariantCulture, $"{Mean * 100:F2} +- {Deviation * 100:F2} %");
}
