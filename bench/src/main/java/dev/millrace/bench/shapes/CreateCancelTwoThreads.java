package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Threads;

/// [CreateCancel] by two threads under one parent: what its child list costs when it is fought over. Time per thread.
@Threads(2)
public class CreateCancelTwoThreads extends CreateCancel {}
