using EdgeRuntime.Training.Distillation;

namespace EdgeRuntime.Training.Tests.Distillation;

public class BoundaryToyTests
{
    [Fact]
    public void A_student_with_boundary_supporting_samples_decides_more_like_the_teacher()
    {
        double hinton = 0, bss = 0;
        for (ulong seed = 1; seed <= 3; seed++)
        {
            BoundaryToyResult result = BoundaryToy.Run(seed);
            hinton += result.HintonAgreement;
            bss += result.BssAgreement;
            // The attack ends where the teacher changes its mind.
            Assert.True(result.Supporting.Count >= result.Points.Count / 2, $"{result.Supporting.Count} of {result.Points.Count} samples found");
            using var folder = new TemporaryFolder();
            BoundaryToyPicture.Write(folder.File("toy.png"), result);
            Assert.True(new FileInfo(folder.File("toy.png")).Length > 5000);
        }

        Assert.True(bss > hinton, $"agreement {bss / 3:F4} with boundary supporting samples, {hinton / 3:F4} without");
    }
}
