package dev.millrace.verify.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// The concurrency mutation score, which takes its time. From the root:
///
/// ```
/// mvn -q -Dquick -pl verify/explore -am test -Dtest=ScoreTest -Dexplore.score=all -Dexplore.timeout=9000 -Dmillrace.watchdog.seconds=0
/// ```
///
/// or with a pattern for the classes in place of `all`, such as `internal.Waiter|internal.Gate`. The table is written to `target/score.txt`.
@EnabledIfSystemProperty(named = "explore.score", matches = ".+")
class ScoreTest {
    /// The aim. One whole run on a busy machine had 0.957.
    private static final double REACHED = 0.95;

    @Test
    void plantedFaults_inConcurrentClasses_areFound() throws IOException {
        String given = System.getProperty("explore.score", "all");
        Pattern asked = Pattern.compile(given.equals("all") ? ".*" : given);
        try (OutputStream file = Files.newOutputStream(Path.of("target/score.txt"));
                var out = new PrintStream(file, true, StandardCharsets.UTF_8)) {
            var score = new Score(out, name -> asked.matcher(name).matches());
            double share = score.run(Cases.all());
            assertTrue(share >= REACHED, () -> "found " + share + ": see target/score.txt");
            assertEquals(List.of(), score.unjudged(), "not found, and without a verdict: see verdicts.txt");
        }
    }
}
