package dev.millrace.examples.readme;

import static dev.millrace.pipeline.Pipeline.batch;
import static dev.millrace.pipeline.Pipeline.map;

import dev.millrace.chan.ReceiveChan;
import dev.millrace.context.Context;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A pipeline, as the package comment shows it.
public final class Stages {
    private Stages() {}

    // region stages
    static List<Integer> sizes(Context parent, ReceiveChan<Path> files) {
        var stored = new ArrayList<Integer>();
        try (var ctx = parent.withCancel()) {
            var contents = map(ctx, files, 8, (_, file) -> Files.readString(file)); // eight at once, in order
            for (var some : batch(ctx, contents, 100, Duration.ofSeconds(1))) {
                stored.add(some.size());
            }
        } // the stages end here, also when the loop was left early
        return stored;
    }
    // endregion
}
