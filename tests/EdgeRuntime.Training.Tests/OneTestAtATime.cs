// LibTorch has one random generator per process: a test that seeds it must not run beside another that draws from it.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly)]
