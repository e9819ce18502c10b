// Every collection makes real sandboxes: more of them at once would only wait for each other.
[assembly: Xunit.v3.Parallelization(MaxThreads = 2)]
